import type { Config } from '../config/config.ts'
import type { ProviderStatus } from './read-config.ts'

/** Returns the slug, the number of models and the state of each provider that is offered or that the operator may look for. */
export const providerRows = (statuses: readonly ProviderStatus[]): readonly (readonly [string, string, string])[] =>
  statuses.filter(isNotable).map((status) => [status.slug, modelsOf(status), reasonOf(status)])

/** Returns the providers that are offered although the configuration does not name them. */
const discovered = (statuses: readonly ProviderStatus[]): readonly string[] =>
  statuses.filter(({ state, configured }) => state === 'offered' && !configured).map(({ slug }) => slug)

/**
 * Returns a note on what discovery offers beside the models of the configuration, because an operator who configured models may not expect
 * more. Empty where there is nothing to report.
 */
export function discoveryNote({ models, discovery }: Config, statuses: readonly ProviderStatus[]): string {
  const slugs = discovered(statuses)
  if (!discovery || models.length === 0 || slugs.length === 0) return ''
  return `Offered beside the configuration: ${slugs.join(', ')}. \`discovery: false\` leaves them out.`
}

/** Leaves out local servers that are not configured and do not run, and providers whose variables are not set. */
const isNotable = ({ state, configured }: ProviderStatus): boolean =>
  state === 'offered' || state === 'no-credentials' || (state === 'unreachable' && configured)

const modelsOf = ({ models }: ProviderStatus): string =>
  models === 0 ? 'no models' : models === 1 ? '1 model' : `${models} models`

function reasonOf({ state, configured, queried, reason }: ProviderStatus): string {
  if (state === 'unreachable') return `is configured, but lists no models: ${reason}`
  if (state === 'no-credentials') return `is configured, but ${reason}`
  return queried && configured ? `is configured, and ${reason}` : reason
}
