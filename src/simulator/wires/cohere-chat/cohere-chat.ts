import { randomUUID } from 'node:crypto'
import type { Failure } from '../../conduct.ts'
import { namedEvents } from '../named-events.ts'
import type { Wire } from '../wire.ts'
import { cohereAsk } from './cohere-ask.ts'
import { cohereFrames } from './cohere-frames.ts'
import { cohereReply } from './cohere-reply.ts'

const events = namedEvents('{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"bro')

/** Cohere's chat, version 2. */
export const cohereChat: Wire = {
  serves: (path) => path.endsWith('/chat'),
  framing: {
    ...events,
    // What fails while it streams ends the message.
    frame: (json) => events.frame(json.startsWith('{"message":') ? failedEnd(json) : json),
  },
  failure: ({ status, message }: Failure) => ({
    message: message ?? `The simulator was asked to answer with status ${status}.`,
  }),
  open(body) {
    const ask = cohereAsk(body)
    const id = randomUUID()
    return {
      ask,
      frames: (answer, conduct) => cohereFrames(id, answer, conduct),
      whole: (answer, conduct) => cohereReply(id, answer, conduct),
    }
  },
}

const failedEnd = (failure: string): string =>
  `{"type":"message-end","delta":{"finish_reason":"ERROR","error":${failure.slice('{"message":'.length, -1)}}}`
