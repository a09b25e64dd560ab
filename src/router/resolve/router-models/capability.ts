import type { GenerationRequest } from '../../../canonical/generation-request.ts'
import { supportsParameter } from '../../../canonical/parameter-name.ts'
import type { Model } from '../../../catalog/model.ts'

/** A capability that not every model has. */
export type Capability = 'tools' | 'structured_outputs' | 'reasoning' | 'long_context'

/** The number of tokens from which a context counts as long. */
const longContext = 200_000

/** Tells whether a model has a capability. */
export function isCapable(model: Model, capability: Capability): boolean {
  switch (capability) {
    case 'reasoning':
      return model.reasoning !== null
    case 'long_context':
      return (model.contextLength ?? 0) >= longContext
    case 'tools':
    case 'structured_outputs':
      return model.endpoints.some(({ supportedParameters }) => supportsParameter(supportedParameters, capability))
  }
}

/** Lists the capabilities that the request needs. The filters check the modalities of its messages. */
export function neededCapabilities({ parameters }: GenerationRequest): readonly Capability[] {
  const { tools = [], responseFormat } = parameters
  return [
    ...(tools.length > 0 ? (['tools'] as const) : []),
    ...(responseFormat?.type === 'json_schema' ? (['structured_outputs'] as const) : []),
  ]
}
