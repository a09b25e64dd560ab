import { type AvailabilityCode, type GatewayError, unavailable } from '../canonical/errors.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import type { ExclusionReason, Refusal } from './filters/filter.ts'

export interface Exclusion {
  readonly endpoint: Endpoint
  readonly reason: ExclusionReason
  readonly refusal: Refusal
}

/** Which availability code tells the client that a rule left nothing over (contract §5.4, §6.2). */
const codes: Record<ExclusionReason, AvailabilityCode> = {
  operation: 'wrong_endpoint',
  input_modality: 'no_endpoints',
  output_modality: 'no_endpoints',
  allowed_providers: 'constraint_filtered',
  'data_policy:training': 'privacy_restricted',
  'data_policy:zdr': 'privacy_restricted',
  distillable: 'constraint_filtered',
  quantization: 'constraint_filtered',
  context_length: 'constraint_filtered',
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
    return unavailable(`No endpoints found for ${requestedModels.join(', ')}.`, { code: 'no_endpoints', requestedModels })
  }
  const code = codes[last.reason]
  if (code === 'wrong_endpoint') return wrongEndpoint(requestedModels, models)
  const reasons = [...new Set(exclusions.map((exclusion) => exclusion.reason))]
  return unavailable(
    `No endpoints found for ${requestedModels.join(', ')} that meet the request: ${last.endpoint.providerName} is left out because ${last.refusal.detail}.`,
    {
      code,
      requestedModels,
      affectedProviders: [...new Set(exclusions.map((exclusion) => exclusion.endpoint.provider))],
      excludedBy: reasons,
      constraint: last.refusal,
    },
  )
}

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
  return unavailable(`${requestedModels.join(', ')} cannot be used here: use ${address} instead.`, {
    code: 'wrong_endpoint',
    requestedModels,
    constraint: { field: 'model', detail: address },
  })
}
