import type { Endpoint } from '../../catalog/endpoint.ts'
import type { Model } from '../../catalog/model.ts'
import type { Exchange } from '../exchange.ts'
import { describeEndpoint } from './describe-model.ts'
import { describeStatistics } from './describe-statistics.ts'
import type { ModelFacts } from './model-figures.ts'

const texts = new WeakMap<Endpoint, string>()

/**
 * Returns a PublicEndpoint (contract §8.A2) as JSON. All but the live figures is written once for each endpoint of a catalogue, and forgotten
 * with it. The speed is shown only to clients that send a key.
 */
export function endpointText(
  endpoint: Endpoint,
  model: Model,
  { health }: Pick<ModelFacts, 'health'>,
  { caller }: Exchange,
): string {
  const text = texts.get(endpoint) ?? JSON.stringify(describeEndpoint(endpoint, model))
  texts.set(endpoint, text)
  const figures = JSON.stringify(describeStatistics(health.statistics(endpoint.id), caller !== undefined))
  return `${text.slice(0, -1)},${figures.slice(1)}`
}
