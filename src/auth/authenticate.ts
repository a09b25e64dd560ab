import { hash } from 'node:crypto'
import { GatewayError } from '../canonical/errors.ts'
import type { KeyRecord, KeyStore } from '../storage/stores/key-store.ts'
import type { Clock } from '../util/clock.ts'
import { keptUpToDate } from '../util/kept-up-to-date.ts'
import { bearerKey } from './bearer-key.ts'
import { bootstrapRecord, type BootstrapKey } from './bootstrap-key.ts'
import { isLimitReset, type Principal } from '../canonical/principal.ts'

/** The authentication of requests by API key. */
export interface Authenticator {
  /**
   * Finds the principal by the value of the `Authorization` header.
   * @throws GatewayError (401) that quotes nothing of the header.
   */
  authenticate(authorization: string | undefined): Principal
  /** Tells whether there is a key with this hash in the account. */
  hasKey(keyHash: string, account: string): boolean
  /** Ends the subscription to the store. */
  close(): void
}

interface KnownKey {
  readonly principal: Principal
  readonly disabled: boolean
}

type Snapshot = ReadonlyMap<string, KnownKey>

/**
 * Creates an authenticator. It keeps all keys in memory, as a snapshot that is replaced as a whole after the store changes, so that no
 * request waits for the database. A key in the configuration takes precedence over the same key in the store.
 */
export async function createAuthenticator(dependencies: {
  readonly bootstrapKeys: readonly BootstrapKey[]
  readonly keys: KeyStore
  readonly clock: Clock
}): Promise<Authenticator> {
  const { keys, clock } = dependencies
  const now = clock.now()
  const bootstrap = dependencies.bootstrapKeys.map((key) => bootstrapRecord(key, now))
  const load = async (): Promise<Snapshot> => snapshotOf([...(await keys.list()), ...bootstrap])
  const known = await keptUpToDate(load, (listener) => keys.onChange(listener))
  return {
    authenticate: (authorization) => admit(known.value(), bearerKey(authorization), clock.now()),
    hasKey: (keyHash, account) => known.value().get(keyHash)?.principal.account === account,
    close: known.close,
  }
}

const snapshotOf = (records: readonly KeyRecord[]): Snapshot =>
  new Map(records.map((record) => [record.hash, { principal: principalOf(record), disabled: record.disabled }]))

const principalOf = (record: KeyRecord): Principal =>
  Object.freeze({
    keyHash: record.hash,
    keyName: record.name,
    account: record.account,
    label: record.label,
    limit: record.limit,
    limitReset: record.limitReset !== null && isLimitReset(record.limitReset) ? record.limitReset : null,
    requestsPerMinute: record.requestsPerMinute,
    tokensPerMinute: record.tokensPerMinute,
    management: record.management,
    expiresAt: record.expiresAt,
    createdAt: record.createdAt,
  })

/**
 * Finds the principal of a key, or throws. The lookup by digest needs no comparison in constant time: its duration depends only on the
 * digest of the key that was sent, and a caller cannot choose a key whose SHA-256 is close to another one.
 */
function admit(snapshot: Snapshot, key: string, now: number): Principal {
  const known = snapshot.get(hash('sha256', key, 'hex'))
  if (known === undefined) {
    throw new GatewayError('authentication', 'User not found. The API key is not one of this gateway.')
  }
  if (known.disabled) throw new GatewayError('authentication', 'The API key is disabled.')
  const { expiresAt } = known.principal
  if (expiresAt !== null && expiresAt <= now) {
    throw new GatewayError('authentication', `The API key expired at ${new Date(expiresAt).toISOString()}.`)
  }
  return known.principal
}
