import type { Failure } from '../../conduct.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { contentAsk, servesContents } from './content-ask.ts'
import { contentFrames, contentWhole } from './content-reply.ts'

/** Google's generateContent. */
export const generateContent: Wire = {
  serves: servesContents,
  framing: { ...sse, broken: 'data: {"candidates":[{"content":{"parts":[{"text":"bro\n\n' },
  open(body, path) {
    const ask = contentAsk(body, path)
    return {
      ask,
      frames: (answer, conduct) => contentFrames(ask, answer, conduct),
      whole: (answer, conduct) => contentWhole(ask, answer, conduct),
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

/** Google names the reason in words alone. */
function contentFailure({ status, code, message }: Failure): object {
  const said = code === 'context_length_exceeded' ? tooLong : message
  return {
    error: {
      code: status,
      message: said ?? `The simulator was asked to answer with status ${status}.`,
      status: words[status] ?? 'UNKNOWN',
    },
  }
}
