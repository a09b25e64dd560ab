import { randomUUID } from 'node:crypto'
import type { ByokKey } from '../canonical/byok-key.ts'
import { GatewayError, type Issue } from '../canonical/errors.ts'
import { fieldNames } from '../canonical/record-fields.ts'
import { type SecretCipher, SealedTextError } from '../secrets/secret-cipher.ts'
import { byokFields, type ByokRecord, type ByokStore } from '../storage/stores/byok-store.ts'
import type { Clock } from '../util/clock.ts'
import { reloader } from '../util/reloader.ts'
import {
  type ByokEntry,
  type ByokSettings,
  entryOf,
  keyOf,
  maskedLabel,
  storedSettings,
  usualSettings,
} from './byok-entry.ts'
import { checkSecretKey } from './secret-key-check.ts'

/** A new key, with what was decided about it. */
export interface NewByokKey extends Partial<ByokSettings> {
  readonly provider: string
  readonly key: string
}

/** A change of a key. Fields that are absent stay as they are. */
export interface ByokUpdate extends Partial<ByokSettings> {
  readonly key?: string
}

/**
 * The keys that accounts brought for providers (contract §6.17). They are written, used and deleted, and never shown. Whatever concerns one
 * account names it, so that no account reaches the keys of another.
 */
export interface ByokVault {
  /** Lists the enabled keys of an account in the order in which they are tried. A key is the same object until it is changed. */
  keysOf(account: string): readonly ByokKey[]
  /** Lists all keys of an account. */
  list(account: string): Promise<readonly ByokEntry[]>
  /** @throws GatewayError 400 with what is wrong */
  create(account: string, given: NewByokKey): Promise<ByokEntry>
  /**
   * Changes a key; null where the account has none of that id.
   * @throws GatewayError 400 with what is wrong
   */
  update(account: string, id: string, given: ByokUpdate): Promise<ByokEntry | null>
  /** Deletes a key with its ciphertext. Returns false where the account has none of that id. */
  delete(account: string, id: string): Promise<boolean>
  /** Ends the subscription to the store. */
  close(): void
}

interface VaultDependencies {
  readonly store: ByokStore
  readonly cipher: SecretCipher
  readonly clock: Clock
  /** Reads a key for a provider: returns the text whose ends its label shows, or what is wrong. */
  readonly readKey: (provider: string, key: string) => { readonly shown: string } | Issue
  /** Tells whether an API key with this hash is one of the account. */
  readonly hasApiKey: (hash: string, account: string) => boolean
  readonly onError: (error: Error) => void
}

/** The most keys of one account: all of them are kept in memory. */
const mostKeys = 1_000

/** The texts that a ciphertext is bound to. */
export const rowOf = ({
  id,
  account,
  provider,
}: Pick<ByokRecord, 'id' | 'account' | 'provider'>): readonly string[] => ['byok', id, account, provider]

/** What was read of one row. It is kept as long as the row stays the same. */
interface Opened {
  readonly record: ByokRecord
  readonly key: ByokKey
}

/**
 * Opens the vault. The keys of all accounts are in memory, as a snapshot that is replaced as a whole after the store changes, so that no
 * request waits for the database.
 * @throws Error where the database was written with a secret key that is not given.
 */
export async function openByokVault(dependencies: VaultDependencies): Promise<ByokVault> {
  const { store, cipher, clock, onError } = dependencies
  let opened: ReadonlyMap<string, Opened> = new Map()
  let byAccount: ReadonlyMap<string, readonly ByokKey[]> = new Map()
  const show = (records: readonly ByokRecord[]): void => {
    opened = new Map(records.map((record) => [record.id, reopen(opened.get(record.id), record, cipher, onError)]))
    const enabled = [...opened.values()].filter(({ record }) => !record.disabled).map(({ key }) => key)
    byAccount = Map.groupBy(enabled, ({ account }) => account)
  }
  let started = 0
  let shown = 0
  const reload = async (): Promise<void> => {
    const turn = ++started
    const records = await store.list()
    // Of two that run at once, the one that began later has the newer rows.
    if (turn < shown) return
    shown = turn
    show(records)
  }
  const closed = new AbortController()
  const unsubscribe = store.onChange(reloader(reload, closed.signal))
  const close = (): void => {
    unsubscribe()
    closed.abort()
  }
  try {
    const records = await store.list()
    await checkSecretKey(store, cipher, records)
    show(records)
  } catch (error) {
    close()
    throw error
  }
  /** One change after the other, because each is checked against what is stored. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const result = last.then(change, change)
    last = result.catch(() => {})
    return result
  }
  return {
    keysOf: (account) => byAccount.get(account) ?? none,
    list: async (account) => (await store.list(account)).map(entryOf),
    create: (account, given) =>
      inTurn(async () => {
        const record = newRecord(dependencies, account, given, await store.list(account))
        await store.insert(record)
        await reload()
        return entryOf(record)
      }),
    update: (account, id, given) =>
      inTurn(async () => {
        const record = (await store.list(account)).find((known) => known.id === id)
        if (record === undefined) return null
        const change = { ...changeOf(dependencies, record, given), updatedAt: clock.now() }
        if (!(await store.update(id, account, change))) return null
        await reload()
        return entryOf({ ...record, ...change })
      }),
    delete: (account, id) =>
      inTurn(async () => {
        const deleted = await store.delete(id, account)
        await reload()
        return deleted
      }),
    close,
  }
}

const none: readonly ByokKey[] = []

/** Decrypts a row, unless it is as it was. One that cannot be decrypted is reported, and kept for what it forbids. */
function reopen(
  before: Opened | undefined,
  record: ByokRecord,
  cipher: SecretCipher,
  onError: (error: Error) => void,
): Opened {
  if (before !== undefined && isSame(before.record, record)) return before
  try {
    return { record, key: keyOf(record, cipher.open(record.sealedKey, rowOf(record))) }
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error
    const { id, account, provider } = record
    onError(new Error(`The key ${id} of account "${account}" for ${provider} cannot be used. ${error.message}`))
    return { record, key: keyOf(record, null) }
  }
}

const columns = fieldNames(byokFields)

const isSame = (one: ByokRecord, other: ByokRecord): boolean => columns.every((name) => one[name] === other[name])

function newRecord(
  { cipher, clock, readKey, hasApiKey }: VaultDependencies,
  account: string,
  { provider, key, ...given }: NewByokKey,
  others: readonly ByokRecord[],
): ByokRecord {
  if (others.length >= mostKeys) {
    throw new GatewayError(
      'invalid_request',
      `The account has ${mostKeys} keys for providers already. Delete one first.`,
    )
  }
  const read = readKey(provider, key)
  const position = Math.max(
    -1,
    ...others.filter((other) => other.provider === provider).map((other) => other.sortOrder),
  )
  const settings: ByokSettings = { ...usualSettings, sortOrder: position + 1, ...given }
  refuseIssues([...('shown' in read ? [] : [read]), ...issuesOf(settings, account, hasApiKey)])
  const row = { id: randomUUID(), account, provider }
  return {
    ...row,
    ...storedSettings(settings),
    sealedKey: cipher.seal(key, rowOf(row)),
    label: 'shown' in read ? maskedLabel(read.shown) : '',
    createdAt: clock.now(),
    updatedAt: null,
  }
}

function changeOf(
  { cipher, readKey, hasApiKey }: VaultDependencies,
  record: ByokRecord,
  { key, ...given }: ByokUpdate,
): Partial<ByokRecord> {
  const settings: ByokSettings = { ...entryOf(record), ...given }
  const read = key === undefined ? null : readKey(record.provider, key)
  const issues = issuesOf(settings, record.account, hasApiKey)
  refuseIssues([...(read === null || 'shown' in read ? [] : [read]), ...issues])
  const { allowedModels, allowedApiKeyHashes, allowedUserIds, ...plain } = given
  const lists = storedSettings(settings)
  return {
    ...plain,
    ...(allowedModels !== undefined && { allowedModels: lists.allowedModels }),
    ...(allowedApiKeyHashes !== undefined && { allowedApiKeyHashes: lists.allowedApiKeyHashes }),
    ...(allowedUserIds !== undefined && { allowedUserIds: lists.allowedUserIds }),
    ...(key !== undefined &&
      read !== null &&
      'shown' in read && { sealedKey: cipher.seal(key, rowOf(record)), label: maskedLabel(read.shown) }),
  }
}

function issuesOf(
  { isFallback, isRequired, isByokOnly, allowedApiKeyHashes }: ByokSettings,
  account: string,
  hasApiKey: VaultDependencies['hasApiKey'],
): readonly Issue[] {
  const unknown = (allowedApiKeyHashes ?? []).findIndex((hash) => !hasApiKey(hash, account))
  const exclusive = isRequired ? 'is_required' : isByokOnly ? 'is_byok_only' : null
  return [
    ...(isFallback && exclusive !== null
      ? [
          {
            path: 'is_fallback',
            message: `must be false where ${exclusive} is true: such a key has nothing to fall back from`,
          },
        ]
      : []),
    ...(unknown === -1
      ? []
      : [{ path: `allowed_api_key_hashes[${unknown}]`, message: 'must be the hash of an API key of this account' }]),
  ]
}

/** @throws GatewayError 400 where there is an issue */
function refuseIssues(issues: readonly Issue[]): void {
  const [first] = issues
  if (first === undefined) return
  throw new GatewayError('invalid_request', `${first.path} ${first.message}`, { issues })
}
