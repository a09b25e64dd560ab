import type { ReadStream } from '../sse.ts'

/** An endpoint that generates. Every fault is driven through every row. */
export interface Operation {
  readonly name: string
  readonly path: string
  /** What a request says besides model and stream. */
  readonly ask: Readonly<Record<string, unknown>>
}

export const operations: readonly Operation[] = [
  { name: 'chat', path: '/api/v1/chat/completions', ask: { messages: [{ role: 'user', content: 'hi' }] } },
]

/** What tests look at of a JSON reply of any of them. */
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
  const reply: Reply = await response.json()
  const [choice] = reply.choices ?? []
  return { ...reply, text: choice?.message?.content ?? choice?.text ?? '' }
}

/** A stream that says that it is not complete: an error is its last event, and no usage came. */
export function brokeOff({ chunks, done }: ReadStream): boolean {
  const last = chunks.at(-1)
  return (
    done &&
    last?.error !== undefined &&
    last.choices[0]?.finish_reason === 'error' &&
    chunks.every(({ usage }) => usage === undefined)
  )
}

/** A stream that says that it is complete: a finish reason, then usage. */
export function completed({ chunks, done }: ReadStream): boolean {
  const finishes = chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason }) => finish_reason ?? []))
  return done && finishes.length === 1 && finishes[0] !== 'error' && chunks.at(-1)?.usage !== undefined
}
