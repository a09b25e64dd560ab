import { hash } from 'node:crypto'
import { GatewayError } from '../canonical/errors.ts'
import type { KeyRecord, KeyStore } from '../storage/stores/key-store.ts'
import type { Clock } from '../util/clock.ts'
import { sleep } from '../util/sleep.ts'
import { bearerKey } from './bearer-key.ts'
import { bootstrapRecord, type BootstrapKey } from './bootstrap-key.ts'
import type { Principal } from '../canonical/principal.ts'

export interface Authenticator {
  /** Takes the value of the `Authorization` header. Throws a GatewayError (401) that repeats nothing of it. */
  authenticate(authorization: string | undefined): Principal
  /** Stops listening to the store. */
  close(): void
}

interface KnownKey {
  readonly principal: Principal
  readonly disabled: boolean
}

type Snapshot = ReadonlyMap<string, KnownKey>

const reloadRetryMs = 1000

/**
 * Keeps all keys in memory, as a snapshot that is replaced whole after the store changed: a request waits for no database. A
 * key in the configuration goes before the same key in the store.
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

  let snapshot: Snapshot = new Map()
  const closed = new AbortController()
  const reload = reloader(async () => {
    snapshot = await load()
  }, closed.signal)
  const unsubscribe = keys.onChange(reload)
  const close = (): void => {
    unsubscribe()
    closed.abort()
  }
  try {
    snapshot = await load()
  } catch (error) {
    close()
    throw error
  }
  return { authenticate: (authorization) => admit(snapshot, bearerKey(authorization), clock.now()), close }
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
    management: record.management,
    expiresAt: record.expiresAt,
    createdAt: record.createdAt,
  })

/**
 * Looking up a digest needs no comparison in constant time: how long it takes tells about the digest of what was sent, and
 * nobody can choose a key so that its SHA-256 comes nearer to another's.
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

/** Runs `load` after each call, one at a time, and until it succeeds: a key that was revoked must not stay for an error. */
function reloader(load: () => Promise<void>, closed: AbortSignal): () => void {
  let wanted = false
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (wanted && !closed.aborted) {
      wanted = false
      try {
        await load()
      } catch (error) {
        if (closed.aborted) return
        process.emitWarning(error instanceof Error ? error : String(error))
        wanted = true
        await sleep(reloadRetryMs, closed)
      }
    }
    running = false
  }
  return () => {
    wanted = true
    if (!running) void run()
  }
}
