import { GatewayError, unavailable } from '../canonical/errors.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import type { Filter, Refusal } from './filters/filter.ts'
import { namesOf } from './names-of.ts'

/** An endpoint that a filter left out. */
export interface Exclusion {
  readonly endpoint: Endpoint
  /** The filter that refused it. */
  readonly filter: Filter
  readonly refusal: Refusal
}

/** Makes the error for a request whose endpoints were all refused. It is that of the last filter that refused one. */
export function explainExclusions(
  exclusions: readonly Exclusion[],
  requestedModels: readonly string[],
  models: readonly Model[],
): GatewayError {
  const last = exclusions.at(-1)
  if (last === undefined) {
    return unavailable(`No endpoints found for ${namesOf(requestedModels)}.`, { code: 'no_endpoints', requestedModels })
  }
  const { filter, refusal } = last
  const { verdict } = filter
  if (verdict.type === 'refused') {
    const { field, detail } = refusal
    const advice = verdict.advice === undefined ? '' : ` ${verdict.advice}`
    const message = `${namesOf(requestedModels)} cannot serve this request: ${detail}.${advice}`
    return new GatewayError(verdict.kind, message, { issues: [{ path: field, message: detail }] })
  }
  const { code, wanted = 'meet the request' } = verdict
  if (code === 'wrong_endpoint') {
    return refusal.field === 'model' ? wrongEndpoint(requestedModels, models) : onlyChats(requestedModels, refusal)
  }
  return unavailable(
    `No endpoints found for ${namesOf(requestedModels)} that ${wanted}: ${last.endpoint.providerName} is left out because ${refusal.detail}.`,
    {
      code,
      requestedModels,
      affectedProviders: [...new Set(exclusions.map(({ endpoint }) => endpoint.provider))],
      excludedBy: [...new Set(exclusions.map((exclusion) => exclusion.filter.excludedBy ?? exclusion.filter.name))],
      constraint: refusal,
    },
  )
}

/** The addresses for models that cannot be used here, by their output modality. */
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

/** Makes the error for a completion that asks a model which serves only chat for something that a chat cannot give (contract §7.1). */
function onlyChats(requestedModels: readonly string[], refusal: Refusal): GatewayError {
  const { field, detail } = refusal
  return unavailable(
    `${requestedModels.join(', ')} only chats, so ${field} cannot be served: ${detail}.`,
    { code: 'wrong_endpoint', requestedModels, constraint: refusal },
    { issues: [{ path: field, message: `cannot be served by a model that only chats: ${detail}` }] },
  )
}
