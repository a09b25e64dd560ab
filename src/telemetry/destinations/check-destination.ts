import { GatewayError, type Issue } from '../../canonical/errors.ts'
import type { SendRequest } from '../../canonical/outgoing-request.ts'
import { type Destination, headersFault } from '../broadcast/destination.ts'
import { faultOf } from '../broadcast/filter-rules.ts'
import type { DestinationOptions } from './destination-options.ts'
import { defaultOf, keptSecrets, type Settings } from './masked-settings.ts'

/** What a change of a destination is checked with. */
export interface DestinationRules {
  readonly destinations: ReadonlyMap<string, Destination>
  /** Returns what is wrong with the settings of a type. */
  readonly issuesOf: (destination: Destination, settings: Settings) => readonly Issue[]
  /** Tells whether an API key with this hash is one of the account. */
  readonly hasApiKey: (hash: string, account: string) => boolean
  /** Sends to addresses that came through the API, and throws a GatewayError for one that may not be called. */
  readonly send: SendRequest
}

/** The most characters of the settings of one destination: they stay in memory. */
const mostCharacters = 16_384
const testMs = 10_000

/**
 * Returns the kind of destination that a type names.
 * @throws GatewayError 400 that lists the types which there are
 */
export function destinationOf({ destinations }: DestinationRules, type: string): Destination {
  const destination = destinations.get(type)
  if (destination !== undefined) return destination
  const types = [...destinations.keys()].join(', ')
  const message = `must be one of ${types}: this gateway has no ${quoted(type)}. Most other services take OTLP, by otel-collector`
  throw refused([{ path: 'type', message }])
}

/** @throws GatewayError 400 with what is wrong with the settings */
export function checkSettings({ issuesOf }: DestinationRules, destination: Destination, settings: Settings): void {
  if (JSON.stringify(settings).length > mostCharacters) {
    throw refused([{ path: 'config', message: `must have at most ${mostCharacters} characters as JSON` }])
  }
  const issues = issuesOf(destination, settings)
  const fault = issues.length > 0 ? null : (headersFault(settings) ?? destination.accountFault?.(settings) ?? null)
  const all = fault === null ? issues : [fault]
  if (all.length === 0) return
  throw refused(all.map(({ path, message }) => ({ path: path === '' ? 'config' : `config.${path}`, message })))
}

/**
 * Checks that a change does not send a stored secret to another server: whoever may change an address need not know the secret, and would
 * receive it there.
 * @throws GatewayError 400 that names the secrets to send again
 */
export function checkKeptSecrets(destination: Destination, before: Settings, change: Settings): void {
  const moved = Object.keys(change).find((name) => {
    const usual = defaultOf(destination, name)
    const origin = originOf(change[name] ?? usual)
    return origin !== null && origin !== originOf(before[name] ?? usual)
  })
  const kept = moved === undefined ? [] : keptSecrets(destination, before, change)
  if (kept.length === 0) return
  const message = `must be sent again, unmasked, or removed with null, because ${moved} names another server`
  throw refused(kept.map((name) => ({ path: `config.${name}`, message })))
}

const originOf = (value: unknown): string | null =>
  typeof value === 'string' && URL.canParse(value) ? new URL(value).origin : null

/** @throws GatewayError 400 with what is wrong with the options */
export function checkOptions(
  { hasApiKey }: DestinationRules,
  account: string,
  { apiKeyHashes, filterRules }: Partial<DestinationOptions>,
): void {
  const unknown = (apiKeyHashes ?? []).findIndex((hash) => !hasApiKey(hash, account))
  if (unknown !== -1) {
    throw refused([{ path: `api_key_hashes[${unknown}]`, message: 'must be the hash of an API key of this account' }])
  }
  const fault = filterRules === null || filterRules === undefined ? null : faultOf(filterRules)
  if (fault !== null) throw refused([{ path: `filter_rules.${fault.path}`, message: fault.message }])
}

/**
 * Makes the test call that some types have (contract §6.20): it passes with 2xx, and with 400, by which a server says that it does not take
 * an empty trace.
 * @throws GatewayError 400 where it does not pass
 */
export async function testDestination(
  { send }: DestinationRules,
  destination: Destination,
  settings: Settings,
): Promise<void> {
  const request = destination.test?.(settings)
  if (request === undefined) return
  const fail = (reason: string): GatewayError =>
    refused([{ path: 'config', message: `did not pass its test call: ${reason}` }])
  const limit = AbortSignal.timeout(testMs)
  const status = await send(request, limit).catch((error: unknown) => {
    if (limit.aborted) throw fail('the address did not answer in time')
    throw fail(error instanceof GatewayError ? error.message : 'the address cannot be reached')
  })
  if (status !== 400 && (status < 200 || status > 299)) throw fail(`the address answered with status ${status}`)
}

function refused(issues: readonly Issue[]): GatewayError {
  const [first] = issues
  const message = first === undefined ? 'The destination is not valid' : `${first.path} ${first.message}`
  return new GatewayError('invalid_request', `${message}.`, { issues })
}

const quoted = (text: string): string => `"${text.slice(0, 100)}"`
