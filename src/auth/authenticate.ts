import { hash } from 'node:crypto'
import { GatewayError } from '../canonical/errors.ts'
import { operatorCommand } from '../canonical/operator-command.ts'
import { isLimitReset, type Principal } from '../canonical/principal.ts'
import type { KeyRecord, KeyStore } from '../storage/stores/key-store.ts'
import type { Clock } from '../util/clock.ts'
import { keptUpToDate } from '../util/kept-up-to-date.ts'
import { bearerKey } from './bearer-key.ts'
import { bootstrapRecord, type BootstrapKey } from './bootstrap-key.ts'

/** The authentication of requests by API key. */
export interface Authenticator {
  /**
   * Finds the principal by the value of the `Authorization` header.
   * @throws GatewayError (401) that quotes nothing of the header.
   */
  authenticate(authorization: string | undefined): Principal
  /**
   * Returns the principal of the key with this hash.
   * @throws GatewayError (401) where there is none, or it is disabled or expired.
   */
  principalOf(keyHash: string): Principal
  /** Finds the principal of the key with this hash; null where `principalOf` throws. */
  find(keyHash: string): Principal | null
  /** Lists all keys, those of the configuration first. */
  all(): readonly KnownKey[]
  /** Lists the keys of an account: those of the configuration, then the others, oldest first. */
  keysOf(account: string): readonly KnownKey[]
  /** Reads the stored keys again. Resolves once a change that was made before the call counts. */
  refreshed(): Promise<void>
  /** Tells whether there is a key with this hash, in any account. */
  knows(keyHash: string): boolean
  /** Tells whether there is a key with this hash in the account. */
  hasKey(keyHash: string, account: string): boolean
  /** Ends the subscription to the store. */
  close(): void
}

/** A key that was made or configured, valid or not. */
export interface KnownKey {
  readonly principal: Principal
  readonly record: KeyRecord
  /** Whether it is in the configuration, where only the operator changes it. */
  readonly isConfigured: boolean
}

type Snapshot = ReadonlyMap<string, KnownKey>

/**
 * Creates an authenticator. It keeps all keys in memory, as a snapshot that is replaced as a whole after the store or the configuration
 * changes, so that no request waits for the database. A key in the configuration takes precedence over the same key in the store.
 * @param dependencies.bootstrapKeys Returns the keys of the configuration, always the same list until it changes.
 */
export async function createAuthenticator(dependencies: {
  readonly bootstrapKeys: () => readonly BootstrapKey[]
  readonly keys: KeyStore
  readonly clock: Clock
}): Promise<Authenticator> {
  const { bootstrapKeys, keys, clock } = dependencies
  const kept = await keptUpToDate(
    () => keys.list(),
    (listener) => keys.onChange(listener),
  )
  let configured = bootstrapKeys()
  let stored = kept.value()
  let snapshot = snapshotOf(recordsOf(configured, new Map(), clock.now()), stored)
  const known = (): Snapshot => {
    if (bootstrapKeys() === configured && kept.value() === stored) return snapshot
    configured = bootstrapKeys()
    stored = kept.value()
    snapshot = snapshotOf(recordsOf(configured, snapshot, clock.now()), stored)
    return snapshot
  }
  return {
    authenticate: (authorization) => admit(known().get(hash('sha256', bearerKey(authorization), 'hex')), clock.now()),
    principalOf: (keyHash) => admit(known().get(keyHash), clock.now()),
    find: (keyHash) => {
      const key = known().get(keyHash)
      return key !== undefined && whyRefused(key, clock.now()) === null ? key.principal : null
    },
    all: () => [...known().values()],
    keysOf: (account) => [...known().values()].filter(({ record }) => record.account === account),
    refreshed: kept.refreshed,
    knows: (keyHash) => known().has(keyHash),
    hasKey: (keyHash, account) => known().get(keyHash)?.principal.account === account,
    close: kept.close,
  }
}

/** Makes the records of configured keys. A key that was configured before keeps the time at which it was first seen. */
function recordsOf(configured: readonly BootstrapKey[], before: Snapshot, now: number): readonly KeyRecord[] {
  return configured
    .map((key) => bootstrapRecord(key, now))
    .map((record) => {
      const known = before.get(record.hash)
      return known?.isConfigured === true ? { ...record, createdAt: known.record.createdAt } : record
    })
}

function snapshotOf(configured: readonly KeyRecord[], stored: readonly KeyRecord[]): Snapshot {
  const snapshot = new Map<string, KnownKey>()
  const add = (record: KeyRecord, isConfigured: boolean): void => {
    if (snapshot.get(record.hash)?.isConfigured === true && !isConfigured) return
    snapshot.set(record.hash, { principal: principalOf(record), record, isConfigured })
  }
  for (const record of configured) add(record, true)
  for (const record of stored) add(record, false)
  return snapshot
}

const principalOf = (record: KeyRecord): Principal =>
  Object.freeze({
    keyHash: record.hash,
    keyName: record.name,
    account: record.account,
    label: record.label,
    limit: record.limit,
    limitReset: record.limitReset !== null && isLimitReset(record.limitReset) ? record.limitReset : null,
    includeByokInLimit: record.includeByokInLimit,
    requestsPerMinute: record.requestsPerMinute,
    tokensPerMinute: record.tokensPerMinute,
    management: record.management,
    expiresAt: record.expiresAt,
    createdAt: record.createdAt,
    creatorUserId: record.creatorUserId,
  })

const unknownKey = `User not found. The API key is not one of this gateway, whose operator makes them with ${operatorCommand('keys create --name NAME')}.`

/**
 * Returns the principal of a key, or throws. The lookup by digest needs no comparison in constant time: its duration depends only on the
 * digest of the key that was sent, and a caller cannot choose a key whose SHA-256 is close to another one.
 */
function admit(key: KnownKey | undefined, now: number): Principal {
  if (key === undefined) throw new GatewayError('authentication', unknownKey)
  const reason = whyRefused(key, now)
  if (reason !== null) throw new GatewayError('authentication', reason)
  return key.principal
}

/** Returns why a key is refused; null where it is valid. */
function whyRefused({ principal: { expiresAt }, record: { disabled } }: KnownKey, now: number): string | null {
  if (disabled) return 'The API key is disabled.'
  return expiresAt !== null && expiresAt <= now ? `The API key expired at ${new Date(expiresAt).toISOString()}.` : null
}
