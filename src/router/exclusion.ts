import { type AvailabilityCode, GatewayError, unavailable } from '../canonical/errors.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import type { ExclusionReason, Refusal } from './filters/filter.ts'
import { namesOf } from './names-of.ts'

export interface Exclusion {
  readonly endpoint: Endpoint
  readonly reason: ExclusionReason
  readonly refusal: Refusal
}

/** Which availability code tells the client that a rule left nothing over (contract §5.4, §6.2). */
const codes: Record<Exclude<ExclusionReason, 'context_length' | 'reasoning'>, AvailabilityCode> = {
  deprecated: 'model_deprecated',
  operation: 'wrong_endpoint',
  allowed_providers: 'constraint_filtered',
  'data_policy:training': 'privacy_restricted',
  'data_policy:zdr': 'privacy_restricted',
  distillable: 'constraint_filtered',
  quantization: 'constraint_filtered',
  service_tier: 'constraint_filtered',
  input_modality: 'no_endpoints',
  output_modality: 'no_endpoints',
  tools: 'no_endpoints',
  output_length: 'constraint_filtered',
  max_price: 'constraint_filtered',
  require_parameters: 'constraint_filtered',
}

/** The answer when every endpoint was refused: the rule that came closest, i.e. the last of the pipeline, speaks. */
export function explainExclusions(
  exclusions: readonly Exclusion[],
  requestedModels: readonly string[],
  models: readonly Model[],
): GatewayError {
  const last = exclusions.at(-1)
  if (last === undefined) {
    return unavailable(`No endpoints found for ${namesOf(requestedModels)}.`, { code: 'no_endpoints', requestedModels })
  }
  const { field, detail } = last.refusal
  if (last.reason === 'context_length' || last.reason === 'reasoning') {
    const kind = last.reason === 'reasoning' ? 'invalid_request' : 'context_length_exceeded'
    return new GatewayError(kind, `${namesOf(requestedModels)} cannot serve this request: ${detail}.${advice[kind]}`, {
      issues: [{ path: field, message: detail }],
    })
  }
  const code = codes[last.reason]
  if (code === 'wrong_endpoint') {
    return last.refusal.field === 'model'
      ? wrongEndpoint(requestedModels, models)
      : onlyChats(requestedModels, last.refusal)
  }
  const reasons = [...new Set(exclusions.map(({ reason }) => (reason === 'output_length' ? 'context_length' : reason)))]
  return unavailable(
    `No endpoints found for ${namesOf(requestedModels)} that ${last.reason === 'tools' ? 'support tool use' : 'meet the request'}: ${last.endpoint.providerName} is left out because ${last.refusal.detail}.`,
    {
      code,
      requestedModels,
      affectedProviders: [...new Set(exclusions.map((exclusion) => exclusion.endpoint.provider))],
      excludedBy: reasons,
      constraint: last.refusal,
    },
  )
}

const advice = {
  context_length_exceeded:
    ' Shorten the prompt, ask for less output, or name a model with a larger window in `models`.',
  invalid_request: '',
} as const

/** Where the models are served that this address cannot serve, by what they produce. */
const addresses: Readonly<Record<string, string>> = {
  embeddings: '/api/v1/embeddings',
  image: '/api/v1/images',
  rerank: '/api/v1/rerank',
  speech: '/api/v1/audio/speech',
  transcription: '/api/v1/audio/transcriptions',
}

function wrongEndpoint(requestedModels: readonly string[], models: readonly Model[]): GatewayError {
  const output = models[0]?.outputModalities.find((modality) => modality in addresses)
  const address = output === undefined ? 'another address' : (addresses[output] ?? 'another address')
  return unavailable(`${namesOf(requestedModels)} cannot be used here: use ${address} instead.`, {
    code: 'wrong_endpoint',
    requestedModels,
    constraint: { field: 'model', detail: address },
  })
}

/** Completions of a model that only chats, with something that a chat cannot give (contract §7.1). */
function onlyChats(requestedModels: readonly string[], refusal: Refusal): GatewayError {
  const { field, detail } = refusal
  return unavailable(
    `${requestedModels.join(', ')} only chats, so ${field} cannot be served: ${detail}.`,
    { code: 'wrong_endpoint', requestedModels, constraint: refusal },
    { issues: [{ path: field, message: `cannot be served by a model that only chats: ${detail}` }] },
  )
}
