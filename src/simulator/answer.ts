import { toolCallId } from '../util/ids.ts'
import type { ParsedRequest, RequestTool } from './parsed-request.ts'
import type { ReplySettings } from './reply-settings.ts'
import { schemaExample } from './schema-example.ts'
import { defaultTokens, simulatedText, splitTokens } from './simulated-text.ts'

/** One step of an answer: one frame of a stream, or a part of the complete JSON reply. */
export type Piece =
  | { readonly type: 'reasoning' | 'text' | 'refusal'; readonly text: string }
  | { readonly type: 'tool-call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-arguments'; readonly index: number; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly data: string; readonly transcript: string }
  /** The provider used a tool of its own: it searched, or read a page. */
  | { readonly type: 'search'; readonly query: string }
  | { readonly type: 'fetch'; readonly url: string }
  | { readonly type: 'citation'; readonly url: string; readonly title: string; readonly end: number }

export interface Choice {
  readonly pieces: readonly Piece[]
  readonly finish: 'stop' | 'length' | 'tool_calls'
  /** The stop sequence that ended the answer. */
  readonly stopSequence?: string
}

export interface Answer {
  readonly choices: readonly Choice[]
  readonly usage: AnswerUsage
}

export interface AnswerUsage {
  readonly prompt: number
  readonly cached: number
  /** The uses of the provider's own tools. */
  readonly searches: number
  readonly fetches: number
  /** This includes the reasoning tokens. */
  readonly completion: number
  readonly reasoning: number
}

/** The pieces that take no token. */
const uncounted: ReadonlySet<Piece['type']> = new Set(['citation', 'search', 'fetch'])
const reasoningText = 'First consider the question, then answer it.'
const refusalText = "I'm sorry, but I can't help with that."
/** A PNG of one transparent pixel. */
const imageUrl =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const divergence = 3
/** The limit for all JSON that schemas ask for in one answer, in characters. A stream of it takes about 40 times as much memory. */
const mostJson = 100_000
const defaultTool: RequestTool = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}

/**
 * Creates the answer to a request. It is deterministic, except for the ids of tool calls, which are random.
 * @throws InvalidRequest when a schema asks for more characters than the simulator creates.
 */
export function answer(request: ParsedRequest, settings: ReplySettings): Answer {
  const choices = Array.from({ length: request.choices }, (_, index) => answerChoice(request, settings, index))
  const pieces = choices.flatMap((choice) => choice.pieces)
  const reasoning = pieces.filter((piece) => piece.type === 'reasoning').length
  return {
    choices,
    usage: {
      prompt: settings.usage?.prompt ?? request.promptTokens,
      cached: settings.cachedTokens,
      completion: settings.usage?.completion ?? pieces.filter(({ type }) => !uncounted.has(type)).length,
      searches: pieces.filter(({ type }) => type === 'search').length,
      fetches: pieces.filter(({ type }) => type === 'fetch').length,
      reasoning,
    },
  }
}

function answerChoice(request: ParsedRequest, settings: ReplySettings, index: number): Choice {
  const reasoning: readonly Piece[] =
    settings.reasoning === null ? [] : splitTokens(reasoningText).map((text) => ({ type: 'reasoning', text }))
  const called = calledTools(request, settings)
  const used = nativePieces(request)
  if (called.length > 0) {
    return { pieces: [...reasoning, ...used, ...toolCallPieces(request, called)], finish: 'tool_calls' }
  }
  if (settings.refusal) {
    return { pieces: splitTokens(refusalText).map((text) => ({ type: 'refusal', text })), finish: 'stop' }
  }
  const { tokens, ...ending } = textTokens(request, settings, index)
  const text = tokens.map((token): Piece =>
    settings.audio
      ? { type: 'audio', data: Buffer.from(token).toString('base64'), transcript: token }
      : { type: 'text', text: token },
  )
  const images: readonly Piece[] = settings.image ? [{ type: 'image', url: imageUrl }] : []
  const cites = settings.citations || used.some(({ type }) => type === 'search')
  const citations = cites ? citationPieces(tokens.join('').length) : []
  return { pieces: [...reasoning, ...used, ...text, ...images, ...citations], ...ending }
}

function textTokens(
  request: ParsedRequest,
  settings: ReplySettings,
  index: number,
): Pick<Choice, 'finish' | 'stopSequence'> & { readonly tokens: readonly string[] } {
  const isJson = request.schema !== null && settings.tokens !== 0
  const given = isJson
    ? jsonText(JSON.stringify(schemaExample(request.schema, Math.floor(mostJson / request.choices))), settings)
    : simulatedText(settings.tokens ?? defaultTokens, index + settings.variant)
  const full =
    request.prefill === null ? resumed(given, request, settings) : continuation(given, request.prefill, settings)
  const [stop] = request.stop
    .map((sequence) => ({ sequence, position: full.indexOf(sequence) }))
    .filter(({ position }) => position >= 0)
    .toSorted((one, other) => one.position - other.position)
  const text = full.slice(0, stop?.position)
  // JSON has few spaces. Tokens of eight characters make it stream in several chunks.
  const tokens = isJson ? (text.match(/.{1,8}/gsu) ?? []) : chunks(text, settings.chunkLength)
  if (request.maxTokens === null || tokens.length <= request.maxTokens) {
    return { tokens, finish: 'stop', ...(stop !== undefined && { stopSequence: stop.sequence }) }
  }
  return { tokens: tokens.slice(0, request.maxTokens), finish: 'length' }
}

const jsonText = (json: string, { brokenJson }: ReplySettings): string =>
  brokenJson ? `\`\`\`json\n${json.slice(0, -1)},${json.slice(-1)}\n\`\`\`` : json

/** Continues the prefilled text where it is the beginning of the simulated text. Otherwise the simulated text is sent in full. */
function continuation(text: string, prefill: string, settings: ReplySettings): string {
  if (settings.diverge) return simulatedText(settings.tokens ?? defaultTokens, divergence)
  return text.startsWith(prefill) ? text.slice(prefill.length) : text
}

function resumed(text: string, { quoted = '' }: ParsedRequest, { resume }: ReplySettings): string {
  const from = resume && quoted !== '' ? text.indexOf(quoted) : -1
  return from < 0 ? text : text.slice(from)
}

function chunks(text: string, length: number | null): readonly string[] {
  if (length === null) return splitTokens(text)
  return Array.from({ length: Math.ceil(text.length / length) }, (_, n) => text.slice(n * length, (n + 1) * length))
}

/** Returns the tools that the answer calls, in order. */
function calledTools(request: ParsedRequest, { toolCalls, toolTurns }: ReplySettings): readonly RequestTool[] {
  const { tools, calling, results } = request
  if (calling === 'forbidden' || (calling === 'answered' && toolTurns === 'once')) return []
  if (toolTurns === 'each') return tools.slice(results, results + 1)
  if (toolCalls === 'all') return tools
  const calls = Math.max(toolCalls, calling === 'required' ? 1 : 0)
  return Array.from({ length: calls }, (_, index) => tools[index] ?? tools[0] ?? defaultTool)
}

function toolCallPieces({ choices }: ParsedRequest, called: readonly RequestTool[]): readonly Piece[] {
  const most = Math.floor(mostJson / choices / called.length)
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

/** Cuts the text into three or more fragments, at any character. */
function fragment(text: string): readonly string[] {
  return chunks(text, Math.max(1, Math.floor(text.length / 3)))
}

function nativePieces({ native = [] }: ParsedRequest): readonly Piece[] {
  return [
    ...(native.includes('web_search') ? [{ type: 'search', query: 'rivers and boats' } as const] : []),
    ...(native.includes('web_fetch') ? [{ type: 'fetch', url: 'https://example.com/rivers' } as const] : []),
  ]
}

const citationPieces = (end: number): readonly Piece[] =>
  ['rivers', 'boats'].map((topic) => ({
    type: 'citation',
    url: `https://example.com/${topic}`,
    title: `About ${topic}`,
    end,
  }))
