import { type TSchema, Type } from 'typebox'
import { Check } from 'typebox/schema'
import type { BilledTurn } from '../canonical/generation-context.ts'
import type { AnswerEvent, ItemEvent } from '../canonical/generation-event.ts'
import type { Item } from '../canonical/item.ts'
import { Outcome } from '../canonical/outcome.ts'
import type { Usage } from '../canonical/usage.ts'
import { parseJson } from '../util/json.ts'

/** The events of an answer that are kept: the echo of what was sent upstream, and signs of life, are no part of it. */
export type KeptEvent = Exclude<AnswerEvent, { type: 'upstream-request' | 'alive' | 'item' }> | KeptItem

/** Only answers to requests that the cache takes are kept (contract §6.13). */
interface KeptItem extends ItemEvent {
  readonly item: Extract<Item, { type: 'embedding' | 'relevance' }>
}

/** A complete answer. */
export interface KeptAnswer {
  /** The id of the generation that was answered so. */
  readonly sourceId: string
  readonly batches: readonly (readonly KeptEvent[])[]
  readonly endpoint: BilledTurn['endpoint']
  readonly outcome: Outcome
}

const text = Type.String()
const number = Type.Number()
const optional = { text: Type.Optional(text), number: Type.Optional(number) }
const orNull = { text: Type.Union([text, Type.Null()]), number: Type.Union([number, Type.Null()]) }
const optionalOrNull = { text: Type.Optional(orNull.text) }

/** A new field of usage does not compile without a line here. */
const usage = Type.Object({
  promptTokens: optional.number,
  completionTokens: optional.number,
  cachedTokens: optional.number,
  cacheWriteTokens: optional.number,
  cacheWrite1hTokens: optional.number,
  promptAudioTokens: optional.number,
  cachedAudioTokens: optional.number,
  promptVideoTokens: optional.number,
  reasoningTokens: optional.number,
  completionAudioTokens: optional.number,
  completionImageTokens: optional.number,
  promptImageTokens: optional.number,
  outputImages: optional.number,
  inputCharacters: optional.number,
  audioSeconds: optional.number,
  acceptedPredictionTokens: optional.number,
  rejectedPredictionTokens: optional.number,
  searchUnits: optional.number,
  webSearchRequests: optional.number,
  toolCallsRequested: optional.number,
  toolCallsExecuted: optional.number,
  reportedCost: optional.number,
} satisfies Readonly<Record<keyof Usage, TSchema>>)

const bytes = Type.Union([Type.Array(number), Type.Null()])
const logprobs = Type.Optional(
  Type.Array(
    Type.Object({
      token: text,
      logprob: number,
      bytes,
      top: Type.Array(Type.Object({ token: text, logprob: number, bytes })),
    }),
  ),
)

const reasoning = { id: optionalOrNull.text, format: optionalOrNull.text, index: optional.number }
const reasoningDetail = Type.Union([
  Type.Object({
    ...reasoning,
    type: Type.Literal('text'),
    text: optionalOrNull.text,
    signature: optionalOrNull.text,
  }),
  Type.Object({ ...reasoning, type: Type.Literal('summary'), summary: text }),
  Type.Object({ ...reasoning, type: Type.Literal('encrypted'), data: text }),
  Type.Object({
    ...reasoning,
    type: Type.Literal('server-tool-call'),
    toolName: text,
    arguments: text,
    result: text,
    toolCallId: optional.text,
  }),
])

const vendorItem = Type.Object({ language: text, value: Type.Record(text, Type.Unknown()) })
const original = Type.Optional(vendorItem)

const annotation = Type.Union([
  Type.Object({
    type: Type.Literal('url-citation'),
    url: text,
    title: optional.text,
    content: optional.text,
    startIndex: optional.number,
    endIndex: optional.number,
    original,
  }),
  Type.Object({ type: Type.Literal('document-citation'), citedText: text, original: vendorItem }),
  Type.Object({ type: Type.Literal('file'), hash: text, name: text, content: Type.Array(Type.Unknown()) }),
])

const finishReason = Type.Enum(['stop', 'length', 'tool_calls', 'content_filter', 'error'])

const item = Type.Union([
  Type.Object({
    type: Type.Literal('embedding'),
    index: number,
    vector: Type.Object({ encoding: Type.Enum(['float', 'base64']), text }),
  }),
  Type.Object({ type: Type.Literal('relevance'), index: number, score: number }),
])

const choice = { choice: number }
const event = Type.Union([
  Type.Object({
    type: Type.Literal('start'),
    upstreamId: optional.text,
    systemFingerprint: optional.text,
    raisedMaxTokens: optional.number,
  }),
  Type.Object({
    type: Type.Literal('committed'),
    provider: text,
    model: text,
    endpoint: text,
    attempt: number,
    serviceTier: optional.text,
  }),
  Type.Object({ type: Type.Literal('usage'), usage, serviceTier: optional.text }),
  Type.Object({ type: Type.Literal('text-delta'), ...choice, text, logprobs }),
  Type.Object({ type: Type.Literal('reasoning-delta'), ...choice, detail: reasoningDetail }),
  Type.Object({ type: Type.Literal('refusal-delta'), ...choice, text, logprobs }),
  Type.Object({ type: Type.Literal('tool-call-start'), ...choice, index: number, id: text, name: text, original }),
  Type.Object({ type: Type.Literal('tool-call-delta'), ...choice, index: number, arguments: text }),
  Type.Object({ type: Type.Literal('annotation'), ...choice, annotation }),
  Type.Object({ type: Type.Literal('image'), ...choice, url: text }),
  Type.Object({
    type: Type.Literal('audio-delta'),
    ...choice,
    id: optional.text,
    data: optional.text,
    transcript: optional.text,
    expiresAt: optional.number,
  }),
  Type.Object({
    type: Type.Literal('server-tool-call'),
    ...choice,
    id: text,
    tool: text,
    name: text,
    arguments: text,
    turn: number,
    beside: optional.text,
  }),
  Type.Object({
    type: Type.Literal('server-tool-result'),
    ...choice,
    id: text,
    tool: text,
    status: Type.Enum(['completed', 'failed']),
    result: text,
  }),
  Type.Object({ type: Type.Literal('vendor-item'), ...choice, item: vendorItem }),
  Type.Object({ type: Type.Literal('vendor-fields'), item: vendorItem }),
  Type.Object({ type: Type.Literal('item'), item }),
  Type.Object({ type: Type.Literal('part-end'), ...choice, original }),
  Type.Object({
    type: Type.Literal('finish'),
    ...choice,
    reason: finishReason,
    native: orNull.text,
    isUnfit: Type.Optional(Type.Literal(true)),
    stopSequence: optional.text,
  }),
])

const endpoint = Type.Object({ id: text, provider: text, providerName: text, model: text })

const outcome = Type.Object({
  usage,
  finish: Type.Union([finishReason, Type.Null()]),
  nativeFinish: orNull.text,
  serviceTier: orNull.text,
  upstreamId: orNull.text,
  firstContentAt: orNull.number,
  produced: number,
  counted: number,
  unreportedAudioTokens: number,
  unreportedImageTokens: number,
  images: number,
  sounds: number,
})

const answer = Type.Object({
  ttlMs: number,
  sourceId: text,
  batches: Type.Array(Type.Array(event)),
  endpoint: Type.Union([endpoint, Type.Null()]),
  outcome,
})

/** Writes an answer as text, for other nodes. @param ttlMs How long it is kept. */
export function encodeAnswer({ sourceId, batches, endpoint, outcome }: KeptAnswer, ttlMs: number): string {
  const named = endpoint && {
    id: endpoint.id,
    provider: endpoint.provider,
    providerName: endpoint.providerName,
    model: endpoint.model,
  }
  return JSON.stringify({ ttlMs, sourceId, batches, endpoint: named, outcome })
}

/** Reads an answer of another node, which may be of another version; null for anything else. */
export function decodeAnswer(json: string): { readonly kept: KeptAnswer; readonly ttlMs: number } | null {
  const value = parseJson(json)
  if (!Check(answer, value)) return null
  const { ttlMs, outcome: fields, ...kept } = value
  return { ttlMs, kept: { ...kept, outcome: Object.assign(new Outcome(), fields) } }
}
