import { GatewayError, unavailable } from '../canonical/errors.ts'
import { addressOf, type Operation, operations, outputsOf } from '../canonical/operation.ts'
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

function wrongEndpoint(requestedModels: readonly string[], models: readonly Model[]): GatewayError {
  const [model] = models
  const address = model === undefined ? 'another address' : addressFor(model)
  return unavailable(`${namesOf(requestedModels)} cannot be used here: use ${address} instead.`, {
    code: 'wrong_endpoint',
    requestedModels,
    constraint: { field: 'model', detail: address },
  })
}

/** Returns where a model is served, or would be: a model that answers with text is one to chat with. */
function addressFor({ endpoints, outputModalities }: Model): string {
  const [served] = endpoints.flatMap(({ operations }) => operations)
  const fits = (operation: Operation): boolean =>
    outputsOf[operation].some((output) => outputModalities.includes(output))
  const operation = served ?? (outputModalities.includes('text') ? 'chat' : operations.toReversed().find(fits))
  return operation === undefined ? 'another address' : addressOf[operation]
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
