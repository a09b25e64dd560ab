import type { Failure } from '../../reply-settings.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { contentFrames, contentWhole } from './content-reply.ts'
import { parseContentRequest, servesContents } from './parse-content-request.ts'

/** Google's generateContent. */
export const generateContent: Protocol = {
  serves: servesContents,
  framing: { ...sse, broken: 'data: {"candidates":[{"content":{"parts":[{"text":"bro\n\n' },
  open(body, path) {
    const request = parseContentRequest(body, path)
    return {
      request,
      frames: (answer, settings) => contentFrames(request, answer, settings),
      whole: (answer, settings) => contentWhole(request, answer, settings),
    }
  },
  failure: contentFailure,
}

const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const tooLong = 'The input token count (9000) exceeds the maximum number of tokens allowed (8192).'

/** Google gives the reason only in the text of the message. */
function contentFailure({ status, code, message }: Failure): object {
  const reason = code === 'context_length_exceeded' ? tooLong : message
  return {
    error: {
      code: status,
      message: reason ?? `The simulator was asked to answer with status ${status}.`,
      status: words[status] ?? 'UNKNOWN',
    },
  }
}
