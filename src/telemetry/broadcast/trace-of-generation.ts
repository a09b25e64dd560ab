import { hash } from 'node:crypto'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { usd } from '../../canonical/money.ts'
import type { ContentRecord } from '../../storage/stores/content-store.ts'
import { spanId, traceId } from '../../util/ids.ts'
import { isObject, type JsonObject, objectOf, parseJson, stringOf } from '../../util/json.ts'
import { genAi, operationNames } from '../otlp/gen-ai-names.ts'
import type { Attributes, AttributeValue } from '../otlp/span.ts'
import type { BroadcastTrace } from './destination.ts'

/** What a destination is told beside the usual. */
export interface TraceOptions {
  readonly privacyMode: boolean
  readonly generationCost: boolean
  readonly generationCostAllocation: boolean
  readonly generationIdentity: boolean
  readonly generationRequestContext: boolean
}

/** The fields of `trace` that have a meaning of their own. All others are metadata. */
const named = new Set(['trace_id', 'parent_span_id', 'trace_name', 'span_name', 'generation_name'])

/** Makes the trace of a generation in which that was `said`, with `trace`, `session_id`, `user` and `metadata` as contract §6.20 maps them. */
export function traceOfGeneration(
  record: GenerationRecord,
  { principal }: Pick<GenerationContext, 'principal'>,
  said: BroadcastTrace['content'],
  options: TraceOptions,
): BroadcastTrace {
  const trace = objectOf(record.trace === null ? undefined : parseJson(record.trace)) ?? {}
  const metadata = Object.fromEntries(Object.entries(trace).filter(([name]) => !named.has(name)))
  const content = options.privacyMode ? null : said
  const names = [trace['generation_name'], trace['span_name'], trace['trace_name']].map(stringOf)
  const name = names.find((given) => given !== undefined && given !== '') ?? record.model
  return {
    traceId: idOf(trace['trace_id'], 32) ?? traceId(),
    spanId: spanId(),
    parentSpanId: idOf(trace['parent_span_id'], 16),
    traceName: stringOf(trace['trace_name']) ?? record.model,
    generationName: name,
    start: record.createdAt,
    end: record.createdAt + record.generationTime,
    record,
    keyName: principal.keyName,
    content,
    metadata,
    attributes: attributesOf(record, principal, content, trace, metadata, options),
  }
}

/** OTLP wants hexadecimal ids of one length. Another text of a client becomes one that is always the same for it. */
function idOf(text: unknown, digits: 16 | 32): string | null {
  if (typeof text !== 'string' || text === '') return null
  const plain = text.replaceAll('-', '').toLowerCase()
  const isId = plain.length === digits && /^[0-9a-f]+$/.test(plain) && !/^0+$/.test(plain)
  return isId ? plain : hash('sha256', text, 'hex').slice(0, digits)
}

function attributesOf(
  record: GenerationRecord,
  principal: GenerationContext['principal'],
  content: BroadcastTrace['content'],
  trace: JsonObject,
  metadata: JsonObject,
  { generationCost, generationCostAllocation, generationIdentity, generationRequestContext }: TraceOptions,
): Attributes {
  const total = (record.promptTokens ?? 0) + (record.completionTokens ?? 0)
  return {
    [genAi.operation]: operationNames[record.operation] ?? record.operation,
    [genAi.provider]: record.providerName,
    [genAi.requestModel]: record.requestedModel,
    [genAi.responseModel]: record.model,
    [genAi.responseId]: record.id,
    [genAi.finishReasons]: record.finishReason === null ? null : [record.finishReason],
    'gen_ai.response.finish_reason': record.finishReason,
    [genAi.inputTokens]: record.promptTokens,
    [genAi.outputTokens]: record.completionTokens,
    'gen_ai.usage.prompt_tokens': record.promptTokens,
    'gen_ai.usage.completion_tokens': record.completionTokens,
    'gen_ai.usage.total_tokens': total,
    [genAi.reasoningTokens]: record.reasoningTokens,
    [genAi.cacheReadTokens]: record.cachedTokens,
    [genAi.cacheCreationTokens]: record.cacheWriteTokens,
    'gen_ai.usage.input_cost': usd(record.promptCost),
    'gen_ai.usage.output_cost': usd(record.completionCost),
    'gen_ai.usage.total_cost': usd(record.cost),
    'user.id': record.externalUser,
    'session.id': record.sessionId,
    'trace.name': stringOf(trace['trace_name']),
    'span.name': stringOf(trace['span_name']),
    'error.type': record.errorKind,
    ...(content !== null && {
      'gen_ai.prompt': content.input,
      'gen_ai.completion': content.output,
      'gen_ai.completion.tool_calls': content.toolCalls,
    }),
    ...prefixed('trace.metadata.', metadata),
    ...prefixed('metadata.', objectOf(record.metadata === null ? undefined : parseJson(record.metadata)) ?? {}),
    'trace.metadata.openrouter.provider_slug': record.provider,
    'trace.metadata.openrouter.api_key_name': principal.keyName,
    ...(generationCost && {
      'openrouter.cost_provenance': record.costProvenance,
      'openrouter.tool_cost': usd(record.toolCost),
      'openrouter.is_byok': record.isByok,
      'openrouter.upstream_inference_cost': usd(record.upstreamCost),
    }),
    ...(generationCostAllocation && {
      'openrouter.cost_allocation.account': record.account,
      'openrouter.cost_allocation.api_key_hash': record.keyHash,
      'openrouter.cost_allocation.user': record.externalUser,
      'openrouter.cost_allocation.app': record.appTitle,
    }),
    ...(generationIdentity && {
      'openrouter.api_key_hash': record.keyHash,
      'openrouter.account': record.account,
      'openrouter.creator_user_id': principal.creatorUserId,
    }),
    ...(generationRequestContext && {
      'openrouter.request_id': record.requestId,
      'openrouter.user_agent': record.userAgent,
      'openrouter.http_referer': record.httpReferer,
      'openrouter.app_title': record.appTitle,
      'openrouter.streamed': record.streamed,
      'openrouter.service_tier': record.serviceTier,
    }),
  }
}

const prefixed = (prefix: string, values: JsonObject): Attributes =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, attribute(value)]))

const attribute = (value: unknown): AttributeValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : JSON.stringify(value)

/** Returns what was said in a generation, without anything but text. It is made once for all destinations. */
export const textsOf = ({
  input,
  completion,
  reasoning,
  toolCalls,
}: ContentRecord): NonNullable<BroadcastTrace['content']> => ({
  input: textsOfInput(input),
  output: completion ?? reasoning ?? '',
  toolCalls,
})

/**
 * Takes images, sounds and files out of an input that is JSON (contract §6.20). They are in lists of parts only, and `JSON.stringify` writes
 * the beginning of such a list in one way, and never inside a text: most inputs have none, and are not parsed a second time.
 */
function textsOfInput(input: string): string {
  if (!lists.some((name) => input.includes(`"${name}":[`))) return input
  const said = objectOf(parseJson(input)) ?? {}
  const messages = said['messages']
  return Array.isArray(messages) ? JSON.stringify({ messages: messages.map(textOnly) }) : input
}

/** Where messages, and the results of tools in them, have their parts. */
const lists = ['content', 'output'] as const

function textOnly(item: unknown): unknown {
  if (!isObject(item)) return item
  const texts = lists.flatMap((name) => {
    const parts = item[name]
    return Array.isArray(parts) ? [[name, parts.filter(isText).map(textOnly)] as const] : []
  })
  return { ...item, ...Object.fromEntries(texts) }
}

const isText = (part: unknown): boolean =>
  isObject(part) &&
  (typeof part['text'] === 'string' ||
    part['type'] === 'tool_use' ||
    part['type'] === 'tool_result' ||
    part['type'] === 'thinking')
