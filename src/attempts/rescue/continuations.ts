import type { Seam } from '../../canonical/generation-context.ts'
import type { ChatRequest, GenerationRequest, Parameters } from '../../canonical/generation-request.ts'
import type { ContentPart } from '../../canonical/content-part.ts'
import type { Message } from '../../canonical/message.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { estimateError, estimateTokens } from '../../canonical/prompt-tokens.ts'
import type { Expected } from './join.ts'
import { search } from '../../util/pattern.ts'

/** A request whose answer may continue the answer that broke off. */
export interface Continuation extends Expected {
  readonly method: Seam['method']
  readonly request: GenerationRequest
  /** UTF-16 units that the endpoint reads as prompt besides the original one: the answer so far, and the instruction. */
  readonly prompt: number
}

/** An answer that begins with this many characters of the text begins the text again. */
const openingLength = 24
/** The lengths of text that the model is told to repeat. A longer one is used where the shorter one occurs twice in the answer. */
const anchorLengths = [48, 96, 192]
const leastAnchor = 24

/**
 * Yields the requests by which an endpoint may continue an answer, the safest first.
 *
 * Another model never gives the same words, so a replay is used only with the same model. JSON, and text that follows a grammar, are
 * enforced from the first character on, so they can only be replayed as a whole. So can an answer to prompts instead of messages.
 */
export function* continuations(
  request: GenerationRequest,
  endpoint: Endpoint,
  text: string,
  model: string,
): Generator<Continuation, void, void> {
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
 * Sends the answer so far as the last message. White space at its end is left out, because some endpoints refuse it and most write it
 * again. Half a surrogate pair is left out too. The new answer must begin with what was left out.
 */
function* prefill(request: ChatRequest, endpoint: Endpoint, text: string): Generator<Continuation, void, void> {
  const begun = text.slice(0, endsInHalf(text) ? -1 : undefined).trimEnd()
  if (begun === '') return
  const parameters = remainingTokens(request.parameters, text)
  yield {
    method: 'prefill',
    request: changed(request, withAnswer(request.input.messages, begun), {
      ...parameters,
      // The reasoning for this answer is already done.
      ...(endpoint.reasoning !== null && { reasoning: { effort: 'none' } }),
    }),
    overlap: text.slice(begun.length),
    opening: text.slice(0, openingLength),
    whole: text,
    after: text.length,
    prompt: begun.length,
  }
}

function* instruction(request: ChatRequest, text: string): Generator<Continuation, void, void> {
  const anchor = anchorOf(text)
  if (anchor === null) return
  const prompt = `${instructionText}\n\n${anchor}`
  const messages: readonly Message[] = [
    ...withAnswer(request.input.messages, text),
    { role: 'user', content: [{ type: 'text', text: prompt }] },
  ]
  yield {
    method: 'instruction',
    request: changed(request, messages, remainingTokens(request.parameters, text.slice(0, -anchor.length))),
    overlap: anchor,
    opening: '',
    whole: text,
    after: text.length,
    prompt: text.length + prompt.length,
  }
}

const instructionText =
  'The connection broke in the middle of your last message. Write the rest of it, so that both parts together read as one message. ' +
  'Begin by repeating its last words exactly as they stand below, without quotation marks; then go on where they end. ' +
  'Add no remark about this.'

/** Returns the last words of a text, from the beginning of a word on. Null where they are too short, or occur elsewhere in the text. */
function anchorOf(text: string): string | null {
  if (endsInHalf(text)) return null
  for (const length of anchorLengths) {
    const from = text.length - length
    const words = from <= 0 ? text.trimStart() : text.slice(from).replace(/^\S*\s+|^[\uDC00-\uDFFF]/, '')
    if (words.length >= leastAnchor && text.indexOf(words) === text.length - words.length) return words
  }
  return null
}

/** Tells whether a text ends in the middle of a surrogate pair. */
const endsInHalf = (text: string): boolean => search(/[\uD800-\uDBFF]/, text.slice(-1)) !== null

/** Adds the answer to the messages. Where the client's last message is the beginning of the answer, the text is added to that message. */
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

/**
 * Lowers `max_tokens` by the part of the answer that was sent, because the client's limit is for the whole answer. What is left is rather
 * estimated too high, so that the answer is not cut.
 */
function remainingTokens(parameters: Parameters, text: string): Parameters {
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
