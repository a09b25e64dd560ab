import { randomUUID } from 'node:crypto'
import type { Answer, AnswerUsage, Choice } from '../../answer.ts'
import { asString, type JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import type { Frame } from '../protocol.ts'
import { sse } from '../sse.ts'
import { logprobOf, alternatives } from '../token-logprob.ts'
import { answerParts, textSignaturePart } from './answer-parts.ts'
import type { ContentRequest } from './parse-content-request.ts'

const nativeFinishes = { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' } as const

/** Returns the chunks of a streamed reply: one for each part, then one with the finish reason. */
export function contentFrames(request: ContentRequest, answer: Answer, settings: ReplySettings): readonly Frame[] {
  const [choice] = answer.choices
  if (choice === undefined) return []
  const chunk = chunkOf(request, settings)
  const signature = textSignaturePart(choice.pieces)
  const parts = answerParts(choice.pieces, request)
  const usage = growingUsage(answer.usage, parts)
  const ending = { ...ended(choice, settings), ...content(signature === null ? [] : [signature]) }
  return [
    ...parts.map((part): Frame => {
      const candidate = { ...content([part]), ...logprobs([part], request) }
      return { kind: 'content', text: sse.frame(JSON.stringify(chunk(candidate, usage(part)))) }
    }),
    { kind: 'finish', text: sse.frame(JSON.stringify(chunk(ending, answer.usage))) },
  ]
}

/** Returns the JSON reply. */
export function contentWhole(request: ContentRequest, answer: Answer, settings: ReplySettings): object {
  const [choice] = answer.choices
  if (choice === undefined) return {}
  const parts = answerParts(choice.pieces, request)
  const signature = textSignaturePart(choice.pieces)
  const whole = joined(signature === null ? parts : [...parts, signature])
  const ending = ended(choice, settings)
  return chunkOf(request, settings)({ ...content(whole), ...ending, ...logprobs(parts, request) }, answer.usage)
}

const content = (parts: readonly JsonObject[]): JsonObject =>
  parts.length === 0 ? {} : { content: { parts, role: 'model' } }

function ended({ pieces, finish }: Choice, settings: ReplySettings): JsonObject {
  const refused = pieces.some(({ type }) => type === 'refusal')
  const native = settings.finish ?? (refused ? 'SAFETY' : nativeFinishes[finish])
  return { ...(!settings.noFinish && { finishReason: native }), ...grounding(pieces) }
}

function grounding(pieces: Choice['pieces']): JsonObject {
  const cited = pieces.filter((piece) => piece.type === 'citation')
  const read = pieces.flatMap((piece) => (piece.type === 'fetch' ? [piece.url] : []))
  const urlContextMetadata = {
    urlMetadata: read.map((url) => ({ retrievedUrl: url, urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS' })),
  }
  if (cited.length === 0) return read.length === 0 ? {} : { urlContextMetadata }
  return {
    ...(read.length > 0 && { urlContextMetadata }),
    groundingMetadata: {
      webSearchQueries: ['rivers and boats'],
      groundingChunks: cited.map(({ url, title }) => ({ web: { uri: url, title } })),
      groundingSupports: cited.map(({ end }, index) => ({
        segment: { endIndex: end },
        groundingChunkIndices: [index],
      })),
    },
  }
}

function logprobs(parts: readonly JsonObject[], { topLogprobs }: ContentRequest): JsonObject {
  const tokens = parts.flatMap(({ text, thought }) => (thought === true ? [] : (asString(text) ?? [])))
  if (topLogprobs === null || tokens.length === 0) return {}
  return {
    logprobsResult: {
      chosenCandidates: tokens.map((token) => ({ token, logProbability: logprobOf(token) })),
      topCandidates: tokens.map((token) => ({
        candidates: alternatives(token, topLogprobs).map(({ token, logprob }) => ({ token, logProbability: logprob })),
      })),
    },
  }
}

/** Joins neighbouring texts into one part. A signature without text belongs to the last of them. */
function joined(parts: readonly JsonObject[]): readonly JsonObject[] {
  const whole: JsonObject[] = []
  for (const part of parts) {
    const last = whole.at(-1)
    const joins =
      typeof part['text'] === 'string' && typeof last?.['text'] === 'string' && part['thought'] === last['thought']
    if (joins) whole[whole.length - 1] = { ...last, ...part, text: `${String(last?.['text'])}${String(part['text'])}` }
    else whole.push(part)
  }
  return whole
}

function chunkOf(
  request: ContentRequest,
  settings: ReplySettings,
): (candidate: JsonObject, usage: AnswerUsage) => JsonObject {
  const shared = { modelVersion: request.model, responseId: randomUUID() }
  return (candidate, usage) => ({
    candidates: [{ ...candidate, index: 0 }],
    ...(!settings.noUsage && { usageMetadata: usageMetadata(usage) }),
    ...shared,
  })
}

/** Returns a function that counts usage as Gemini does: each chunk reports the tokens written so far, of reasoning and text alike. */
function growingUsage(usage: AnswerUsage, parts: readonly JsonObject[]): (part: JsonObject) => AnswerUsage {
  const thoughts = parts.filter(isThought).length
  const words = parts.length - thoughts
  const sent = { thoughts: 0, words: 0 }
  return (part) => {
    sent[isThought(part) ? 'thoughts' : 'words']++
    // Reasoning that is not shown was produced before the first text.
    const reasoning = thoughts === 0 ? usage.reasoning : share(usage.reasoning, sent.thoughts, thoughts)
    return { ...usage, reasoning, completion: reasoning + share(usage.completion - usage.reasoning, sent.words, words) }
  }
}

const isThought = ({ thought }: JsonObject): boolean => thought === true

const share = (tokens: number, sent: number, all: number): number => (all === 0 ? 0 : Math.ceil((tokens * sent) / all))

/** Google leaves out counts of zero. */
function usageMetadata({ prompt, cached, completion, reasoning }: AnswerUsage): JsonObject {
  const counts = {
    promptTokenCount: prompt,
    cachedContentTokenCount: cached,
    candidatesTokenCount: completion - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: prompt + completion,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
