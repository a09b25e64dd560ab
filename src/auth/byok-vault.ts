import type { ByokKey } from '../canonical/byok-key.ts'
import { fieldNames } from '../canonical/record-fields.ts'
import { type SecretCipher, SealedTextError } from '../secrets/secret-cipher.ts'
import { byokFields, type ByokRecord, type ByokStore } from '../storage/stores/byok-store.ts'
import { inTurn } from '../util/in-turn.ts'
import { reloader } from '../util/reloader.ts'
import { type ByokRules, type ByokUpdate, changedFields, type NewByokKey, newRecord } from './byok-changes.ts'
import { type ByokEntry, entryOf, keyOf, rowOf } from './byok-entry.ts'
import { checkSecretKey } from './secret-key-check.ts'

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

interface VaultDependencies extends ByokRules {
  readonly store: ByokStore
  readonly onError: (error: Error) => void
}

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
  const reloading = reloader(reload, closed.signal)
  const unsubscribe = store.onChange(() => void reloading())
  const close = (): void => {
    unsubscribe()
    closed.abort()
  }
  try {
    const records = await store.list()
    await checkSecretKey(
      store,
      cipher,
      records.map(({ sealedKey }) => sealedKey),
    )
    show(records)
  } catch (error) {
    close()
    throw error
  }
  const changing = inTurn()
  return {
    keysOf: (account) => byAccount.get(account) ?? none,
    list: async (account) => (await store.list(account)).map(entryOf),
    create: (account, given) =>
      changing(async () => {
        const record = newRecord(dependencies, account, given, await store.list(account))
        await store.insert(record)
        await reload()
        return entryOf(record)
      }),
    update: (account, id, given) =>
      changing(async () => {
        const record = (await store.list(account)).find((known) => known.id === id)
        if (record === undefined) return null
        const change = { ...changedFields(dependencies, record, given), updatedAt: clock.now() }
        if (!(await store.update(id, account, change))) return null
        await reload()
        return entryOf({ ...record, ...change })
      }),
    delete: (account, id) =>
      changing(async () => {
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
