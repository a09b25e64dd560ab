import { toolCallId } from '../util/ids.ts'
import type { Ask, AskedTool } from './ask.ts'
import type { Conduct } from './conduct.ts'
import { schemaExample } from './schema-example.ts'
import { defaultTokens, simulatedText, splitTokens } from './simulated-text.ts'

/** One step of an answer: one frame of a stream, or a part of the whole. */
export type Piece =
  | { readonly type: 'reasoning' | 'text' | 'refusal'; readonly text: string }
  | { readonly type: 'tool-call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-arguments'; readonly index: number; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly data: string; readonly transcript: string }
  | { readonly type: 'citation'; readonly url: string; readonly title: string; readonly end: number }

export interface Choice {
  readonly pieces: readonly Piece[]
  readonly finish: 'stop' | 'length' | 'tool_calls'
}

export interface Answer {
  readonly choices: readonly Choice[]
  readonly usage: AnswerUsage
}

export interface AnswerUsage {
  readonly prompt: number
  readonly cached: number
  /** Reasoning included. */
  readonly completion: number
  readonly reasoning: number
}

const reasoningText = 'First consider the question, then answer it.'
const refusalText = "I'm sorry, but I can't help with that."
/** One transparent pixel. */
const imageUrl =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const divergence = 3
/** Of all JSON that schemas ask for in one answer. A stream of it takes some 40 times as much memory. */
const mostJson = 100_000
const defaultTool: AskedTool = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}

/**
 * The deterministic answer to a request; only the ids of tool calls are drawn.
 * @throws BadAsk when a schema asks for more than is made.
 */
export function answer(ask: Ask, conduct: Conduct): Answer {
  const choices = Array.from({ length: ask.choices }, (_, index) => answerChoice(ask, conduct, index))
  const pieces = choices.flatMap((choice) => choice.pieces)
  const reasoning = pieces.filter((piece) => piece.type === 'reasoning').length
  return {
    choices,
    usage: {
      prompt: conduct.usage?.prompt ?? ask.promptTokens,
      cached: conduct.cachedTokens,
      completion: conduct.usage?.completion ?? pieces.filter((piece) => piece.type !== 'citation').length,
      reasoning,
    },
  }
}

function answerChoice(ask: Ask, conduct: Conduct, index: number): Choice {
  const reasoning: readonly Piece[] =
    conduct.reasoning === null ? [] : splitTokens(reasoningText).map((text) => ({ type: 'reasoning', text }))
  const calls = ask.calling === 'forbidden' ? 0 : Math.max(conduct.toolCalls, ask.calling === 'required' ? 1 : 0)
  if (calls > 0) return { pieces: [...reasoning, ...toolCallPieces(ask, calls)], finish: 'tool_calls' }
  if (conduct.refusal) {
    return { pieces: splitTokens(refusalText).map((text) => ({ type: 'refusal', text })), finish: 'stop' }
  }
  const { tokens, finish } = textTokens(ask, conduct, index)
  const text = tokens.map((token): Piece =>
    conduct.audio
      ? { type: 'audio', data: Buffer.from(token).toString('base64'), transcript: token }
      : { type: 'text', text: token },
  )
  const images: readonly Piece[] = conduct.image ? [{ type: 'image', url: imageUrl }] : []
  const citations = conduct.citations ? citationPieces(tokens.join('').length) : []
  return { pieces: [...reasoning, ...text, ...images, ...citations], finish }
}

function textTokens(
  ask: Ask,
  conduct: Conduct,
  index: number,
): { tokens: readonly string[]; finish: 'stop' | 'length' } {
  const isJson = ask.schema !== null && conduct.tokens !== 0
  const given = isJson
    ? JSON.stringify(schemaExample(ask.schema, Math.floor(mostJson / ask.choices)))
    : simulatedText(conduct.tokens ?? defaultTokens, index + conduct.variant)
  const full = ask.prefill === null ? resumed(given, ask, conduct) : continuation(given, ask.prefill, conduct)
  const stops = ask.stop.map((stop) => full.indexOf(stop)).filter((position) => position >= 0)
  const text = full.slice(
    0,
    stops.reduce((first, position) => Math.min(first, position), full.length),
  )
  // JSON has few spaces: eight characters a token let it stream in several chunks.
  const tokens = isJson ? (text.match(/.{1,8}/gsu) ?? []) : chunks(text, conduct.chunkLength)
  if (ask.maxTokens === null || tokens.length <= ask.maxTokens) return { tokens, finish: 'stop' }
  return { tokens: tokens.slice(0, ask.maxTokens), finish: 'length' }
}

/** A prefilled beginning is continued where it is the beginning of our text; otherwise the text is given whole. */
function continuation(text: string, prefill: string, conduct: Conduct): string {
  if (conduct.diverge) return simulatedText(conduct.tokens ?? defaultTokens, divergence)
  return text.startsWith(prefill) ? text.slice(prefill.length) : text
}

function resumed(text: string, { quoted = '' }: Ask, { resume }: Conduct): string {
  const from = resume && quoted !== '' ? text.indexOf(quoted) : -1
  return from < 0 ? text : text.slice(from)
}

function chunks(text: string, length: number | null): readonly string[] {
  if (length === null) return splitTokens(text)
  return Array.from({ length: Math.ceil(text.length / length) }, (_, n) => text.slice(n * length, (n + 1) * length))
}

function toolCallPieces({ tools, choices }: Ask, calls: number): readonly Piece[] {
  const most = Math.floor(mostJson / choices / calls)
  const called = Array.from({ length: calls }, (_, index) => tools[index] ?? tools[0] ?? defaultTool)
  const starts = called.map(({ name }, index): Piece => ({ type: 'tool-call', index, id: toolCallId(), name }))
  const fragments = called.map(({ parameters }) => fragment(JSON.stringify(schemaExample(parameters, most) ?? {})))
  const rounds = Math.max(...fragments.map((texts) => texts.length))
  const interleaved = Array.from({ length: rounds }, (_, round) =>
    fragments.flatMap((texts, index): readonly Piece[] => {
      const text = texts[round]
      return text === undefined ? [] : [{ type: 'tool-arguments', index, text }]
    }),
  )
  return [...starts, ...interleaved.flat()]
}

/** Three or more fragments, wherever the characters fall. */
function fragment(text: string): readonly string[] {
  return chunks(text, Math.max(1, Math.floor(text.length / 3)))
}

const citationPieces = (end: number): readonly Piece[] =>
  ['rivers', 'boats'].map((topic) => ({
    type: 'citation',
    url: `https://example.com/${topic}`,
    title: `About ${topic}`,
    end,
  }))
