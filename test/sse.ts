import { createParser } from 'eventsource-parser'

/** The parts of a chunk that tests read, of chat or completions. */
export interface Chunk {
  readonly id: string
  readonly object: string
  readonly model: string
  readonly provider?: string
  readonly choices: readonly {
    readonly index: number
    readonly delta?: Readonly<Record<string, unknown>>
    readonly text?: string
    readonly finish_reason: string | null
    readonly native_finish_reason?: string | null
  }[]
  readonly usage?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly metadata?: Readonly<Record<string, unknown>>
  }
  readonly debug?: { readonly echo_upstream_body: Readonly<Record<string, unknown>> }
  readonly openrouter_metadata?: Readonly<Record<string, unknown>>
}

export interface ReadStream {
  /** The JSON of every event except the terminator. */
  readonly chunks: readonly Chunk[]
  readonly comments: readonly string[]
  /** Whether the terminator came, and nothing after it. */
  readonly done: boolean
  /** The text deltas of choice 0, joined. */
  readonly text: string
}

/** Reads a complete event stream, with an SSE parser that is not Waygate's. */
export async function readStream(response: Response): Promise<ReadStream> {
  const data: string[] = []
  const comments: string[] = []
  const parser = createParser({ onEvent: (event) => data.push(event.data), onComment: (text) => comments.push(text) })
  parser.feed(await response.text())
  const done = data.at(-1) === '[DONE]'
  const chunks = (done ? data.slice(0, -1) : data).map((text): Chunk => JSON.parse(text))
  const text = chunks
    .flatMap(({ choices }) => choices.filter(({ index }) => index === 0))
    .map(({ delta, text }) => (typeof delta?.['content'] === 'string' ? delta['content'] : (text ?? '')))
    .join('')
  return { chunks, comments, done, text }
}
