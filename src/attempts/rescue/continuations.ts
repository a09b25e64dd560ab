import type { Seam } from '../../canonical/generation-context.ts'
import type { ChatRequest, GenerationRequest, Parameters } from '../../canonical/generation-request.ts'
import type { ContentPart } from '../../canonical/content-part.ts'
import type { Message } from '../../canonical/message.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { estimateError, estimateTokens } from '../../canonical/prompt-tokens.ts'
import type { Expected } from './join.ts'
import { search } from '../../util/pattern.ts'

/** A request whose answer may go on where another broke off. */
export interface Way extends Expected {
  readonly method: Seam['method']
  readonly request: GenerationRequest
  /** UTF-16 units of the answer, and of what is said about it, that the endpoint reads as prompt. */
  readonly prompt: number
}

/** By this much of its beginning an answer is known to begin anew. */
const openingLength = 24
/** What is repeated on demand is at least so long, and is a bit longer where it would else occur twice in the answer. */
const anchorLengths = [48, 96, 192]
const leastAnchor = 24

/**
 * The ways in which an endpoint may go on with an answer, the most trusted first.
 *
 * Another model never says the same words, so a replay is asked of the same one alone. What must be JSON, or follow a grammar, is made so
 * from the first character on: it can only be said all over again. So can a text that answers prompts instead of a conversation.
 */
export function* waysToGoOn(
  request: GenerationRequest,
  endpoint: Endpoint,
  text: string,
  model: string,
): Generator<Way, void, void> {
  const { responseFormat } = request.parameters
  const isFree = responseFormat === undefined || responseFormat.type === 'text'
  const chat = request.operation === 'chat' && isFree ? request : null
  if (chat !== null && endpoint.prefill) yield* prefill(chat, endpoint, text)
  if (endpoint.model === model || text === '') {
    yield { method: 'replay', request, overlap: text, opening: '', whole: '', after: text.length, prompt: 0 }
  }
  if (chat !== null) yield* instruction(chat, text)
}

/**
 * The answer so far is the last turn. White space at its end is left out, which some refuse and most write anew, and so is half a
 * surrogate pair: the endpoint must say them first.
 */
function* prefill(request: ChatRequest, endpoint: Endpoint, text: string): Generator<Way, void, void> {
  const begun = text.slice(0, endsInHalf(text) ? -1 : undefined).trimEnd()
  if (begun === '') return
  const parameters = lessTokens(request.parameters, text)
  yield {
    method: 'prefill',
    request: changed(request, withAnswer(request.input.messages, begun), {
      ...parameters,
      // It has been thought.
      ...(endpoint.reasoning !== null && { reasoning: { effort: 'none' } }),
    }),
    overlap: text.slice(begun.length),
    opening: text.slice(0, openingLength),
    whole: text,
    after: text.length,
    prompt: begun.length,
  }
}

function* instruction(request: ChatRequest, text: string): Generator<Way, void, void> {
  const anchor = anchorOf(text)
  if (anchor === null) return
  const told = `${instructionText}\n\n${anchor}`
  const messages: readonly Message[] = [
    ...withAnswer(request.input.messages, text),
    { role: 'user', content: [{ type: 'text', text: told }] },
  ]
  yield {
    method: 'instruction',
    request: changed(request, messages, lessTokens(request.parameters, text.slice(0, -anchor.length))),
    overlap: anchor,
    opening: '',
    whole: text,
    after: text.length,
    prompt: text.length + told.length,
  }
}

const instructionText =
  'The connection broke in the middle of your last message. Write the rest of it, so that both parts together read as one message. ' +
  'Begin by repeating its last words exactly as they stand below, without quotation marks; then go on where they end. ' +
  'Add no remark about this.'

/** The last words of a text, from the beginning of a word on; null where too few tell them from the rest of it. */
function anchorOf(text: string): string | null {
  if (endsInHalf(text)) return null
  for (const length of anchorLengths) {
    const from = text.length - length
    const words = from <= 0 ? text.trimStart() : text.slice(from).replace(/^\S*\s+|^[\uDC00-\uDFFF]/, '')
    if (words.length >= leastAnchor && text.indexOf(words) === text.length - words.length) return words
  }
  return null
}

/** Whether a text ends in the middle of a surrogate pair. */
const endsInHalf = (text: string): boolean => search(/[\uD800-\uDBFF]/, text.slice(-1)) !== null

/** Where the client itself began the answer, its last message goes on. */
function withAnswer(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') {
    return [...messages, { role: 'assistant', content: [{ type: 'text', text }], toolCalls: [] }]
  }
  const end = last.content.at(-1)
  const content: readonly ContentPart[] =
    end?.type === 'text'
      ? [...last.content.slice(0, -1), { ...end, text: end.text + text }]
      : [...last.content, { type: 'text', text }]
  return [...messages.slice(0, -1), { ...last, content }]
}

/** The client's limit is one of the whole answer. What is left of it is estimated rather too high: nothing may be cut off. */
function lessTokens(parameters: Parameters, text: string): Parameters {
  const { maxTokens } = parameters
  if (maxTokens === undefined) return parameters
  const sent = Math.floor(estimateTokens(text) / (1 + estimateError))
  return { ...parameters, maxTokens: Math.max(1, maxTokens - sent) }
}

const changed = (request: ChatRequest, messages: readonly Message[], parameters: Parameters): ChatRequest => ({
  ...request,
  input: { ...request.input, messages },
  parameters,
})
