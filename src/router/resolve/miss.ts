import { type Availability, type AvailabilityCode, type GatewayError, unavailable } from '../../canonical/errors.ts'
import { namesOf } from '../names-of.ts'

/** The reason why one entry of `model` and `models` resolves to no model. Another entry may resolve. */
export interface Miss extends Omit<Availability, 'code' | 'requestedModels'> {
  readonly code: AvailabilityCode
  readonly message: string
}

/** Tells a miss from a model. */
export const isMiss = (found: object): found is Miss => 'code' in found && 'message' in found

/**
 * Makes the error for a request of which no entry resolves to a model.
 * @param first The reason of the first entry; null where there is no entry at all.
 */
export function explainMiss(first: Miss | null, requestedModels: readonly string[], isDefault: boolean): GatewayError {
  if (first === null) {
    const message =
      'No model was given and no default model is configured. Set `model`, or `default_model` in the configuration.'
    return unavailable(message, { code: 'model_not_found', requestedModels })
  }
  const { message, ...availability } = first
  const others = requestedModels.slice(1)
  const more = others.length > 0 ? ` ${namesOf(others)} cannot be used either.` : ''
  const origin = isDefault ? ' The request names no model: this name is `default_model` of the configuration.' : ''
  return unavailable(`${message}${more}${origin}`, { ...availability, requestedModels })
}
