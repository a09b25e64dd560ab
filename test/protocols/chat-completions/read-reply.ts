import { ResultFold } from '../../../src/canonical/fold-result.ts'
import type { CallEvent } from '../../../src/canonical/generation-event.ts'
import type { Usage } from '../../../src/canonical/usage.ts'
import type { Endpoint } from '../../../src/catalog/endpoint.ts'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import type { ChatCompletionsQuirks } from '../../../src/protocols/chat-completions/quirks.ts'
import { chatCompletionsUpstream } from '../../../src/protocols/chat-completions/upstream.ts'
import { flattenParts } from '../../../src/protocols/openai/flatten-parts.ts'
import { SseReader } from '../../../src/upstream/sse-reader.ts'
import { StreamDecoder } from '../../../src/upstream/stream-decoder.ts'

export type Json = Readonly<Record<string, unknown>>

const endpoint: Endpoint = {
  id: 'acme/m@acme',
  model: 'acme/m',
  provider: 'acme',
  providerName: 'Acme',
  tag: 'acme',
  tier: 'default',
  upstreamModel: 'm',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
}

/** The result of one reply. */
export interface Read {
  readonly events: readonly CallEvent[]
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly finishes: readonly (readonly [reason: string, native: string | null])[]
  /** Whether anything that the client sees came after a finish. */
  readonly saidAfterFinish: boolean
  readonly usage: Usage
  readonly error: string | undefined
  readonly kind: string | undefined
}

const open = (quirks: ChatCompletionsQuirks) =>
  chatCompletionsUpstream.openCall(
    chatCompletionsClient.decodeRequest({ model: 'acme/m', messages: [{ role: 'user', content: 'hi' }] }, {}),
    endpoint,
    quirks,
  ).reply

/** Reads the text of an event stream as a call does. */
export function readText(text: string, quirks: ChatCompletionsQuirks = {}): Read {
  const decoder = new StreamDecoder(open(quirks), new SseReader({ maxFrameBytes: 10_000_000 }))
  const events = [...decoder.decode([Buffer.from(text)])]
  if (!decoder.ended) events.push(...decoder.decode(null))
  return readOf(events)
}

export const chunksOf = (chunks: readonly (Json | string)[]): string =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('')

export const readChunks = (chunks: readonly (Json | string)[], quirks: ChatCompletionsQuirks = {}): Read =>
  readText(chunksOf(chunks), quirks)

export const readWhole = (body: unknown, quirks: ChatCompletionsQuirks = {}): Read =>
  readOf(open(quirks).decodeResult(body))

function readOf(events: readonly CallEvent[]): Read {
  const endings = events.filter(({ type }) => type === 'call-end' || type === 'error')
  const last = events.at(-1)
  if (endings.length !== 1 || last === undefined || last !== endings[0])
    throw new Error(`It ended ${endings.length} times.`)
  const fold = new ResultFold()
  fold.add(events)
  const [choice] = fold.result().choices
  const flat = flattenParts(choice?.parts ?? [])
  const firstFinish = events.findIndex(({ type }) => type === 'finish')
  const said = new Set(['text-delta', 'reasoning-delta', 'refusal-delta', 'tool-call-start', 'tool-call-delta'])
  return {
    events,
    text: flat.text ?? '',
    reasoning: flat.reasoning.map((detail) => (detail.type === 'text' ? detail.text : '')).join(''),
    calls: flat.toolCalls,
    finishes: events.flatMap((event) => (event.type === 'finish' ? [[event.reason, event.native] as const] : [])),
    saidAfterFinish: firstFinish >= 0 && events.slice(firstFinish).some(({ type }) => said.has(type)),
    usage: last.type === 'call-end' ? last.usage : {},
    error: last.type === 'error' ? last.error.message : undefined,
    kind: last.type === 'error' ? last.error.kind : undefined,
  }
}

/** Returns a chunk of one choice. */
export const chunk = (delta: Json | undefined, finish: unknown = null, more: Json = {}): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, ...(delta !== undefined && { delta }), finish_reason: finish }],
  ...more,
})

/** Returns a chunk with usage only. */
export const counted = (usage: Json): Json => ({ id: 'chatcmpl-1', choices: [], usage })

export const done = '[DONE]'
