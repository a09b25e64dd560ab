import type { Chunk, ReadStream } from '../sse.ts'

/** An operation that generates. Every fault is tested with every row. */
export interface Operation {
  readonly name: string
  readonly path: string
  /** The fields of a request besides model and stream. */
  readonly ask: Readonly<Record<string, unknown>>
}

export const operations: readonly Operation[] = [
  { name: 'chat', path: '/api/v1/chat/completions', ask: { messages: [{ role: 'user', content: 'hi' }] } },
  { name: 'completions', path: '/api/v1/completions', ask: { prompt: 'hi' } },
]

/** The same in the words of other vendors: their streams have events of their own. */
export const otherSurfaces: readonly Operation[] = [
  { name: 'messages', path: '/api/v1/messages', ask: { messages: [{ role: 'user', content: 'hi' }] } },
  { name: 'responses', path: '/api/v1/responses', ask: { input: 'hi' } },
]

/** The parts of a JSON reply that tests read, for all operations. */
export interface Reply {
  readonly id: string
  readonly provider: string
  readonly choices: readonly {
    readonly message?: { readonly content: string | null }
    readonly text?: string
    readonly finish_reason: string | null
  }[]
  readonly usage?: { readonly completion_tokens: number; readonly cost: number }
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly metadata?: Readonly<Record<string, unknown>>
  }
}

export async function readReply(response: Response): Promise<Reply & { readonly text: string }> {
  const reply: Reply = JSON.parse(await response.text())
  const [choice] = reply.choices ?? []
  return { ...reply, text: choice?.message?.content ?? choice?.text ?? '' }
}

/** Returns the finish reasons of a stream, except those of an error event. */
const finishes = (chunks: readonly Chunk[]): readonly string[] =>
  chunks.flatMap(({ choices, error }) =>
    error === undefined ? choices.flatMap(({ finish_reason }) => finish_reason ?? []) : [],
  )

/** Expects an incomplete stream: an error is its last event, and neither a finish reason nor usage came. */
export function brokeOff({ chunks, done }: ReadStream): boolean {
  const last = chunks.at(-1)
  const claims = finishes(chunks).length > 0 || chunks.some(({ usage }) => usage !== undefined)
  const finish = last?.choices[0]?.finish_reason ?? 'error'
  return done && last?.error !== undefined && finish === 'error' && !claims
}

/** Expects a complete stream: a finish reason, then usage. */
export function completed({ chunks, done }: ReadStream): boolean {
  return done && finishes(chunks).length === 1 && chunks.at(-1)?.usage !== undefined
}
