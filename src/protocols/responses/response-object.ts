import { usd } from '../../canonical/money.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Cost, Usage } from '../../canonical/usage.ts'
import { type JsonObject, objectOf } from '../../util/json.ts'
import type { ReplyIdentity } from '../protocol.ts'

/** The fields of a request that its response repeats. */
export type Echo = JsonObject

/** Returns the fields that a response repeats, so that the request need not stay in memory as long as its answer. */
export function echoOf({ source: { body }, parameters }: GenerationRequest): Echo {
  const or = (name: string, otherwise: unknown = null): unknown => body[name] ?? otherwise
  const { effort = null, summary = null, ...reasoning } = objectOf(body['reasoning']) ?? {}
  return {
    background: false,
    instructions: or('instructions'),
    max_output_tokens: or('max_output_tokens'),
    max_tool_calls: or('max_tool_calls'),
    metadata: or('metadata', {}),
    parallel_tool_calls: or('parallel_tool_calls', true),
    previous_response_id: null,
    prompt_cache_key: or('prompt_cache_key'),
    reasoning: { ...reasoning, effort, summary },
    safety_identifier: or('safety_identifier'),
    store: false,
    temperature: or('temperature'),
    text: { ...objectOf(body['text']), format: objectOf(body['text'])?.['format'] ?? { type: 'text' } },
    tool_choice: or('tool_choice', 'auto'),
    tools: or('tools', []),
    top_logprobs: parameters.topLogprobs ?? 0,
    top_p: or('top_p'),
    truncation: or('truncation', 'disabled'),
    user: or('user'),
    frequency_penalty: or('frequency_penalty'),
    presence_penalty: or('presence_penalty'),
  }
}

/** The state of a response. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly model: string
  readonly provider?: string
  readonly serviceTier: string | null
  readonly output: readonly JsonObject[]
  readonly completedAt?: number
  readonly error?: JsonObject
  readonly incomplete?: string
  readonly usage?: JsonObject
  readonly more?: JsonObject
}

/** Returns the part of a generation's id that is unique, in the form of this protocol's ids. */
export const suffixOf = ({ id }: ReplyIdentity): string => id.replace(/^gen-/, '').replaceAll('-', '')

/** Encodes a response. Every key that decoders require is present, also where its value is unknown (contract §8.A6). */
export const responseObject = (identity: ReplyIdentity, echo: Echo, state: ResponseState): JsonObject => ({
  id: `resp_${suffixOf(identity)}`,
  object: 'response',
  created_at: identity.created,
  completed_at: state.completedAt ?? null,
  status: state.status,
  error: state.error ?? null,
  incomplete_details: state.incomplete === undefined ? null : { reason: state.incomplete },
  model: state.model,
  ...(state.provider !== undefined && { provider: state.provider }),
  output: state.output,
  service_tier: state.serviceTier,
  ...echo,
  usage: state.usage ?? null,
  ...state.more,
})

/**
 * Returns a response as JSON text.
 * @param echo The fields of the request that are repeated, as JSON text of an object that is not empty.
 */
export const responseText = (identity: ReplyIdentity, echo: string, state: ResponseState): string =>
  `${JSON.stringify(responseObject(identity, {}, state)).slice(0, -1)},${echo.slice(1)}`

/** Encodes the `usage` of a response (contract §8.A6). */
export const encodeUsage = (usage: Usage, cost: Cost | undefined): JsonObject => ({
  input_tokens: usage.promptTokens ?? 0,
  input_tokens_details: {
    cached_tokens: usage.cachedTokens ?? 0,
    ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
  },
  output_tokens: usage.completionTokens ?? 0,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  total_tokens: (usage.promptTokens ?? 0) + (usage.completionTokens ?? 0),
  ...(cost !== undefined && {
    cost: usd(cost.total),
    is_byok: cost.isByok,
    cost_details: {
      upstream_inference_cost: cost.upstream === undefined ? null : usd(cost.upstream.total),
      upstream_inference_input_cost: usd(cost.prompt + (cost.upstream?.prompt ?? 0)),
      upstream_inference_output_cost: usd(cost.completion + (cost.upstream?.completion ?? 0)),
      ...(cost.tools > 0 && { server_tool_cost: usd(cost.tools) }),
    },
  }),
})
