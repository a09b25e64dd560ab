import { randomUUID } from 'node:crypto'
import type { Answer, AnswerUsage, Choice } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'
import { asString, type JsonObject } from '../../json.ts'
import { sse } from '../sse.ts'
import { logprobOf, rivals } from '../token-logprob.ts'
import type { Frame } from '../wire.ts'
import { answerParts, wordsSigned } from './answer-parts.ts'
import type { ContentAsk } from './content-ask.ts'

const nativeFinishes = { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' } as const

/** The chunks of a streamed reply: one a part, then the reason to end. */
export function contentFrames(ask: ContentAsk, answer: Answer, conduct: Conduct): readonly Frame[] {
  const [choice] = answer.choices
  if (choice === undefined) return []
  const chunk = chunkOf(ask, conduct)
  const signature = wordsSigned(choice.pieces)
  const parts = answerParts(choice.pieces, ask)
  const usage = growingUsage(answer.usage, parts)
  const ending = { ...ended(choice, conduct), ...content(signature === null ? [] : [signature]) }
  return [
    ...parts.map((part): Frame => {
      const candidate = { ...content([part]), ...logprobs([part], ask) }
      return { kind: 'content', text: sse.frame(JSON.stringify(chunk(candidate, usage(part)))) }
    }),
    { kind: 'finish', text: sse.frame(JSON.stringify(chunk(ending, answer.usage))) },
  ]
}

/** The JSON reply. */
export function contentWhole(ask: ContentAsk, answer: Answer, conduct: Conduct): object {
  const [choice] = answer.choices
  if (choice === undefined) return {}
  const parts = answerParts(choice.pieces, ask)
  const signature = wordsSigned(choice.pieces)
  const whole = joined(signature === null ? parts : [...parts, signature])
  const ending = ended(choice, conduct)
  return chunkOf(ask, conduct)({ ...content(whole), ...ending, ...logprobs(parts, ask) }, answer.usage)
}

const content = (parts: readonly JsonObject[]): JsonObject =>
  parts.length === 0 ? {} : { content: { parts, role: 'model' } }

function ended({ pieces, finish }: Choice, conduct: Conduct): JsonObject {
  const refused = pieces.some(({ type }) => type === 'refusal')
  const native = conduct.finish ?? (refused ? 'SAFETY' : nativeFinishes[finish])
  return { ...(!conduct.noFinish && { finishReason: native }), ...grounding(pieces) }
}

function grounding(pieces: Choice['pieces']): JsonObject {
  const cited = pieces.filter((piece) => piece.type === 'citation')
  if (cited.length === 0) return {}
  return {
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

function logprobs(parts: readonly JsonObject[], { topLogprobs }: ContentAsk): JsonObject {
  const tokens = parts.flatMap(({ text, thought }) => (thought === true ? [] : (asString(text) ?? [])))
  if (topLogprobs === null || tokens.length === 0) return {}
  return {
    logprobsResult: {
      chosenCandidates: tokens.map((token) => ({ token, logProbability: logprobOf(token) })),
      topCandidates: tokens.map((token) => ({
        candidates: rivals(token, topLogprobs).map(({ token, logprob }) => ({ token, logProbability: logprob })),
      })),
    },
  }
}

/** Words that follow each other are one part; a signature without words signs the last of them. */
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

function chunkOf(ask: ContentAsk, conduct: Conduct): (candidate: JsonObject, usage: AnswerUsage) => JsonObject {
  const shared = { modelVersion: ask.model, responseId: randomUUID() }
  return (candidate, usage) => ({
    candidates: [{ ...candidate, index: 0 }],
    ...(!conduct.noUsage && { usageMetadata: usageMetadata(usage) }),
    ...shared,
  })
}

/** Gemini counts in each chunk what it has written until then: thoughts and words, each in step with its parts. */
function growingUsage(usage: AnswerUsage, parts: readonly JsonObject[]): (part: JsonObject) => AnswerUsage {
  const thoughts = parts.filter(isThought).length
  const words = parts.length - thoughts
  const sent = { thoughts: 0, words: 0 }
  return (part) => {
    sent[isThought(part) ? 'thoughts' : 'words']++
    // Thoughts that are not shown were had before the first word.
    const reasoning = thoughts === 0 ? usage.reasoning : share(usage.reasoning, sent.thoughts, thoughts)
    return { ...usage, reasoning, completion: reasoning + share(usage.completion - usage.reasoning, sent.words, words) }
  }
}

const isThought = ({ thought }: JsonObject): boolean => thought === true

const share = (tokens: number, sent: number, all: number): number => (all === 0 ? 0 : Math.ceil((tokens * sent) / all))

/** Google leaves counts of zero out. */
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
