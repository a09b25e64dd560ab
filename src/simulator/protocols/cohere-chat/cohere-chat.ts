import { randomUUID } from 'node:crypto'
import type { Failure } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import type { Protocol } from '../protocol.ts'
import { cohereFrames } from './cohere-frames.ts'
import { cohereReply } from './cohere-reply.ts'
import { parseCohereRequest } from './parse-cohere-request.ts'

const events = namedEvents('{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"bro')

/** Cohere's Chat API, version 2. */
export const cohereChat: Protocol = {
  serves: (path) => path.endsWith('/chat'),
  framing: {
    ...events,
    // A failure during the stream ends the message.
    frame: (json) => events.frame(json.startsWith('{"message":') ? failedEnd(json) : json),
  },
  failure: ({ status, message }: Failure) => ({
    message: message ?? `The simulator was asked to answer with status ${status}.`,
  }),
  open(body) {
    const request = parseCohereRequest(body)
    const id = randomUUID()
    return {
      request,
      frames: (answer, settings) => cohereFrames(id, answer, settings),
      whole: (answer, settings) => cohereReply(id, answer, settings),
    }
  },
}

const failedEnd = (failure: string): string =>
  `{"type":"message-end","delta":{"finish_reason":"ERROR","error":${failure.slice('{"message":'.length, -1)}}}`
