import type { Chunk } from './sse.ts'

/** The content of one choice, in one form for streams and JSON replies, so that tests can compare them. */
export interface ChoiceContent {
  readonly content: string
  readonly refusal: string
  readonly reasoning: string
  readonly reasoningDetails: readonly Readonly<Record<string, unknown>>[]
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly annotations: readonly unknown[]
  readonly images: readonly unknown[]
  readonly audio: { readonly data: string; readonly transcript: string }
  readonly logprobs: readonly unknown[]
  readonly refusalLogprobs: readonly unknown[]
  readonly finish: string | null
  readonly native: string | null
}

interface Piece {
  readonly content?: string | null
  readonly refusal?: string | null
  readonly reasoning?: string | null
  readonly reasoning_details?: readonly Detail[]
  readonly tool_calls?: readonly {
    readonly index: number
    readonly id?: string
    readonly function: { readonly name?: string; readonly arguments: string }
  }[]
  readonly annotations?: readonly unknown[]
  readonly images?: readonly unknown[]
  readonly audio?: { readonly data?: string; readonly transcript?: string }
}

interface Detail {
  readonly type?: string
  readonly index?: number
  readonly text?: string | null
  readonly signature?: string | null
  readonly summary?: string
  readonly [field: string]: unknown
}

interface RawChoice {
  readonly index: number
  readonly finish_reason: string | null
  readonly native_finish_reason?: string | null
  readonly logprobs?: {
    readonly content: readonly unknown[] | null
    readonly refusal: readonly unknown[] | null
  } | null
  readonly message?: Piece
  readonly delta?: Piece
}

/** Returns the content of a choice of a JSON reply. */
export const contentOfReply = (choice: RawChoice): ChoiceContent => contentOf([choice])

/** Joins the deltas of choice `index`, by the rules of contract §4.3. */
export const contentOfStream = (chunks: readonly Chunk[], index = 0): ChoiceContent =>
  contentOf(chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index))

function contentOf(choices: readonly RawChoice[]): ChoiceContent {
  const pieces = choices.map(({ message, delta }) => message ?? delta ?? {})
  const joined = (field: 'content' | 'refusal' | 'reasoning'): string =>
    pieces.map((piece) => piece[field] ?? '').join('')
  const sound = pieces.map((piece) => Buffer.from(piece.audio?.data ?? '', 'base64'))
  const calls: { id: string; name: string; arguments: string }[] = []
  for (const call of pieces.flatMap((piece) => piece.tool_calls ?? [])) {
    const { id, function: called } = call
    const known = (calls[call.index] ??= { id: '', name: '', arguments: '' })
    known.id += id ?? ''
    known.name += called.name ?? ''
    known.arguments += called.arguments
  }
  const last = choices.findLast(({ finish_reason }) => finish_reason !== null)
  return {
    content: joined('content'),
    refusal: joined('refusal'),
    reasoning: joined('reasoning'),
    reasoningDetails: joinDetails(pieces.flatMap((piece) => piece.reasoning_details ?? [])),
    toolCalls: calls,
    annotations: pieces.flatMap((piece) => piece.annotations ?? []),
    images: pieces.flatMap((piece) => piece.images ?? []),
    audio: {
      data: Buffer.concat(sound).toString('base64'),
      transcript: pieces.map((piece) => piece.audio?.transcript ?? '').join(''),
    },
    logprobs: choices.flatMap(({ logprobs }) => logprobs?.content ?? []),
    refusalLogprobs: choices.flatMap(({ logprobs }) => logprobs?.refusal ?? []),
    finish: last?.finish_reason ?? null,
    native: last?.native_finish_reason ?? null,
  }
}

/** Consecutive pieces of one text or summary become one. The signature of a text may come with its last piece. */
function joinDetails(details: readonly Detail[]): readonly Detail[] {
  const joined: Detail[] = []
  for (const detail of details) {
    const last = joined.at(-1)
    const goesOn = last?.type === detail.type && last?.index === detail.index && !last?.signature
    if (last === undefined || !goesOn || (detail.type !== 'reasoning.text' && detail.type !== 'reasoning.summary')) {
      joined.push(detail)
    } else if (detail.type === 'reasoning.summary') {
      joined[joined.length - 1] = { ...last, summary: `${last.summary}${detail.summary}` }
    } else {
      const text = (last.text ?? '') + (detail.text ?? '')
      joined[joined.length - 1] = { ...last, text, ...(detail.signature && { signature: detail.signature }) }
    }
  }
  return joined
}
