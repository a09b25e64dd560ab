import type { Config } from '../config/config.ts'
import type { ProviderStatus } from './read-config.ts'

/** What is said of each provider that is on offer, or that somebody will look for: its slug, its models, and why. */
export const providerRows = (statuses: readonly ProviderStatus[]): readonly (readonly [string, string, string])[] =>
  statuses.filter(isNotable).map((status) => [status.slug, modelsOf(status), reasonOf(status)])

/** What is on offer although the configuration does not name it. */
const discovered = (statuses: readonly ProviderStatus[]): readonly string[] =>
  statuses.filter(({ state, configured }) => state === 'offered' && !configured).map(({ slug }) => slug)

/**
 * Who writes models into a configuration may not expect more than these: what is offered beside them is said where it is, with what
 * ends it. Empty where there is nothing to say.
 */
export function discoveryNote({ models, discovery }: Config, statuses: readonly ProviderStatus[]): string {
  const slugs = discovered(statuses)
  if (!discovery || models.length === 0 || slugs.length === 0) return ''
  return `Offered beside the configuration: ${slugs.join(', ')}. \`discovery: false\` leaves them out.`
}

/** That a local server which nobody configured does not run is no news, nor that a variable is not set. */
const isNotable = ({ state, configured }: ProviderStatus): boolean =>
  state === 'offered' || state === 'unequipped' || (state === 'silent' && configured)

const modelsOf = ({ models }: ProviderStatus): string =>
  models === 0 ? 'no models' : models === 1 ? '1 model' : `${models} models`

function reasonOf({ state, configured, asked, reason }: ProviderStatus): string {
  if (state === 'silent') return `is configured, but lists no models: ${reason}`
  if (state === 'unequipped') return `is configured, but ${reason}`
  return asked && configured ? `is configured, and ${reason}` : reason
}
