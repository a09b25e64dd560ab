import type { Answer, Choice, Piece } from '../../answer.ts'
import type { ParsedRequest } from '../../parsed-request.ts'
import type { JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import type { Frame } from '../protocol.ts'
import { sse } from '../sse.ts'
import { chatLogprobs } from './chat-logprobs.ts'
import { chatAnnotation, chatImage, reasoningFields } from './chat-parts.ts'

export interface ChatIdentity {
  readonly id: string
  readonly created: number
  readonly model: string
  /** Further fields of every chunk. */
  readonly sources: JsonObject
}

/** Returns the chunks of a streamed chat completion. What all chunks share is serialised once, because benchmarks run against this code. */
export function chatFrames(
  request: ParsedRequest,
  topLogprobs: number | null,
  identity: ChatIdentity,
  answer: Answer,
  counted: object,
  settings: ReplySettings,
) {
  const shared =
    `{"id":${JSON.stringify(identity.id)},"object":"chat.completion.chunk","created":${identity.created},` +
    `"model":${JSON.stringify(identity.model)},"system_fingerprint":"fp_simulator",${fieldsOf(identity.sources)}"choices":`
  // When usage was requested, OpenAI puts a null usage on every chunk except the last.
  const tail = request.includeUsage ? ',"usage":null}' : '}'
  const chunk = (index: number, delta: string, logprobs: string, finish: string): string =>
    sse.frame(`${shared}[{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}]${tail}`)

  const opening = answer.choices.map((_, index): Frame => {
    return { kind: 'opening', text: chunk(index, '{"role":"assistant","content":"","refusal":null}', 'null', 'null') }
  })
  const content = interleave(answer.choices).map(({ index, piece }): Frame => {
    const logprobs =
      topLogprobs === null || piece.type !== 'text' ? 'null' : JSON.stringify(chatLogprobs([piece.text], topLogprobs))
    return { kind: 'content', text: chunk(index, chatDelta(piece, settings, identity.id), logprobs, 'null') }
  })
  const finishes = answer.choices.map(({ finish }, index): Frame => {
    return { kind: 'finish', text: chunk(index, '{}', 'null', JSON.stringify(settings.finish ?? finish)) }
  })
  const usage: readonly Frame[] = request.includeUsage
    ? [{ kind: 'usage', text: sse.frame(`${shared}[],"usage":${JSON.stringify(counted)}}`) }]
    : []
  return [...opening, ...content, ...finishes, ...usage, { kind: 'done', text: sse.frame('[DONE]') } satisfies Frame]
}

const fieldsOf = (fields: JsonObject): string =>
  Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
    .join('')

type ShownPiece = Exclude<Piece, { type: 'search' | 'fetch' }>

interface PlacedPiece {
  readonly index: number
  readonly piece: ShownPiece
}

/** The use of the provider's own tools has no place in a message. */
const isShown = (piece: Piece): piece is ShownPiece => piece.type !== 'search' && piece.type !== 'fetch'

/** Interleaves the choices, one piece of each in turn, because several choices stream at the same time. */
function interleave(choices: readonly Choice[]): readonly PlacedPiece[] {
  const shown = choices.map(({ pieces }) => pieces.filter(isShown))
  const longest = Math.max(...shown.map(({ length }) => length))
  const placed: PlacedPiece[] = []
  for (let position = 0; position < longest; position++) {
    shown.forEach((pieces, index) => {
      const piece = pieces[position]
      if (piece !== undefined) placed.push({ index, piece })
    })
  }
  return placed
}

/** Returns the `delta` of one piece as JSON. */
function chatDelta(piece: ShownPiece, settings: ReplySettings, id: string): string {
  switch (piece.type) {
    case 'text':
      return `{"content":${JSON.stringify(piece.text)}}`
    case 'reasoning':
      return JSON.stringify(reasoningFields(piece.text, settings.reasoning ?? 'reasoning_content'))
    case 'refusal':
      return JSON.stringify({ refusal: piece.text })
    case 'tool-call':
    case 'tool-arguments':
      return JSON.stringify({ tool_calls: [toolCallPart(piece)] })
    case 'image':
      return JSON.stringify({ images: [chatImage(piece)] })
    case 'audio':
      return JSON.stringify({ audio: { id: `audio-${id}`, data: piece.data, transcript: piece.transcript } })
    case 'citation':
    default:
      return JSON.stringify({ annotations: [chatAnnotation(piece)] })
  }
}

/** A call begins with id and name, and its arguments follow (contract §4.3). */
const toolCallPart = (piece: Extract<Piece, { type: 'tool-call' | 'tool-arguments' }>): object =>
  piece.type === 'tool-call'
    ? { index: piece.index, id: piece.id, type: 'function', function: { name: piece.name, arguments: '' } }
    : { index: piece.index, function: { arguments: piece.text } }
