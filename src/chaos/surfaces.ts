import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../util/json.ts'

/** What was read of an answer, streamed or not. */
interface Reading {
  readonly text: string
  /** The number of events with text; 0 for an answer in one piece. */
  readonly pieces: number
  /** Whether the surface’s own sign of a complete answer came. */
  readonly isComplete: boolean
  readonly error?: JsonObject
  readonly usage?: JsonObject
  readonly provider?: string
}

/** How a client asks in one API, and reads the answer. It is written anew here, so that no fault of the gateway's own readers hides. */
export interface Surface {
  readonly path: string
  /** Writes the messages of a chat request in the words of this API. */
  ask(messages: unknown): JsonObject
  readStream(events: readonly JsonObject[]): Reading
  readReply(body: JsonObject): Reading
}

const chat: Surface = {
  path: 'chat/completions',
  ask: (messages) => ({ messages }),
  readStream(events) {
    const choices = events.map((event) => objectOf(arrayOf(event['choices'])[0]))
    const pieces = choices.flatMap((choice) => stringOf(objectOf(choice?.['delta'])?.['content']) || [])
    return {
      text: pieces.join(''),
      pieces: pieces.length,
      isComplete: choices.some((choice) => (choice?.['finish_reason'] ?? null) !== null),
      error: objectOf(events.find((event) => 'error' in event)?.['error']),
      usage: lastOf(events, 'usage'),
      provider: events.flatMap((event) => stringOf(event['provider']) ?? []).at(-1),
    }
  },
  readReply(body) {
    const choice = objectOf(arrayOf(body['choices'])[0])
    const finish = stringOf(choice?.['finish_reason'])
    return {
      text: stringOf(objectOf(choice?.['message'])?.['content']) ?? '',
      pieces: 0,
      isComplete: finish !== undefined && finish !== 'error',
      error: objectOf(body['error']) ?? objectOf(choice?.['error']),
      usage: objectOf(body['usage']),
      provider: stringOf(body['provider']),
    }
  },
}

/** A surface whose events have types, and which ends with one of its own. */
const typed = (surface: Pick<Surface, 'path' | 'ask'> & { readonly delta: string; readonly end: string }): Surface => ({
  ...surface,
  readStream(events) {
    const deltas = events.filter(({ type }) => type === surface.delta)
    const pieces = deltas.flatMap(({ delta }) => stringOf(delta) ?? stringOf(objectOf(delta)?.['text']) ?? [])
    const failure = events.find(({ type }) => type === 'error' || type === 'response.failed')
    return {
      text: pieces.join(''),
      pieces: pieces.length,
      isComplete: events.some(({ type }) => type === surface.end),
      error: objectOf(failure?.['error']) ?? objectOf(objectOf(failure?.['response'])?.['error']) ?? failure,
    }
  },
  // Only streams are played on these surfaces: an answer in one piece is an error that came before.
  readReply: (body) => ({ text: '', pieces: 0, isComplete: false, error: objectOf(body['error']) ?? body }),
})

export const surfaces = {
  chat,
  messages: typed({
    path: 'messages',
    ask: (messages) => ({ messages, max_tokens: 1000 }),
    delta: 'content_block_delta',
    end: 'message_stop',
  }),
  responses: typed({
    path: 'responses',
    ask: (messages) => ({ input: messages }),
    delta: 'response.output_text.delta',
    end: 'response.completed',
  }),
} as const satisfies Readonly<Record<string, Surface>>

const lastOf = (events: readonly JsonObject[], field: string): JsonObject | undefined =>
  objectOf(events.findLast((event) => isObject(event[field]))?.[field])
