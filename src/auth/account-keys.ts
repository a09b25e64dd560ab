import { GatewayError } from '../canonical/errors.ts'
import { type KeyChange, type KeyRecord, type KeyStore } from '../storage/stores/key-store.ts'
import { makeApiKey, markApiKey } from '../util/api-key.ts'
import type { Clock } from '../util/clock.ts'
import type { Authenticator, KnownKey } from './authenticate.ts'

/** What is decided about a new key. */
export interface NewKey extends Pick<
  KeyRecord,
  | 'name'
  | 'limit'
  | 'limitReset'
  | 'includeByokInLimit'
  | 'requestsPerMinute'
  | 'tokensPerMinute'
  | 'expiresAt'
  | 'creatorUserId'
  | 'externalUser'
> {
  /** The key itself, where the caller chose it; absent: one is made. */
  readonly key?: string
}

/** A change of a key. Fields that are absent stay as they are. */
export type KeyUpdate = Omit<KeyChange, 'updatedAt'>

/** The most keys of one account: all of them are kept in memory. */
const mostKeys = 10_000

/**
 * The inference keys of accounts, for the API. An account has no others here: management keys are made and changed by the operator alone.
 * A change counts in this process when it resolves, and in others within two seconds.
 */
export class AccountKeys {
  readonly #authenticator: Pick<Authenticator, 'keysOf' | 'knows' | 'refreshed'>
  readonly #keys: KeyStore
  readonly #clock: Clock

  constructor(dependencies: {
    readonly authenticator: Pick<Authenticator, 'keysOf' | 'knows' | 'refreshed'>
    readonly keys: KeyStore
    readonly clock: Clock
  }) {
    this.#authenticator = dependencies.authenticator
    this.#keys = dependencies.keys
    this.#clock = dependencies.clock
  }

  /** Lists the keys of an account: those of the configuration, then the others, oldest first. */
  list(account: string): readonly KeyRecord[] {
    return this.#inference(account).map(({ record }) => record)
  }

  /** Finds a key of an account; those of other accounts are not found. */
  find(account: string, hash: string): KeyRecord | null {
    return this.#find(account, hash)?.record ?? null
  }

  /**
   * Adds a key, and returns it with the key itself, which is not kept.
   * @throws GatewayError 400 where the account has a key of that name, 409 where the key exists
   */
  async create(account: string, { key: chosen, ...given }: NewKey): Promise<{ record: KeyRecord; key: string }> {
    if (this.#inference(account).length >= mostKeys) {
      throw new GatewayError('conflict', `The account has ${mostKeys} keys already. Delete one first.`)
    }
    this.#refuseTakenName(account, given.name, null)
    const { key, hash, label } = chosen === undefined ? makeApiKey() : { key: chosen, ...markApiKey(chosen) }
    if (this.#authenticator.knows(hash)) throw takenKey()
    const record: KeyRecord = {
      ...given,
      hash,
      label,
      account,
      management: false,
      disabled: false,
      createdAt: this.#clock.now(),
      updatedAt: null,
    }
    await this.#changing(account, record, () => this.#keys.insert(record), hash)
    return { record, key }
  }

  /**
   * Changes a key. Returns null where the account has no such key.
   * @throws GatewayError 400 where another key of the account has the name, 409 where the key is in the configuration
   */
  async update(account: string, hash: string, update: KeyUpdate): Promise<KeyRecord | null> {
    const known = this.#changeable(account, hash)
    if (known === null) return null
    if (update.name !== undefined) this.#refuseTakenName(account, update.name, hash)
    const change = { ...update, updatedAt: this.#clock.now() }
    const record = { ...known, ...change }
    const isThere = await this.#changing(account, record, () => this.#keys.update(hash, change))
    return isThere ? record : null
  }

  /**
   * Deletes a key for ever; what it spent stays on record. Returns false where the account has no such key.
   * @throws GatewayError 409 where the key is in the configuration
   */
  async delete(account: string, hash: string): Promise<boolean> {
    if (this.#changeable(account, hash) === null) return false
    const wasThere = await this.#keys.delete(hash)
    await this.#authenticator.refreshed()
    return wasThere
  }

  #inference(account: string): readonly KnownKey[] {
    return this.#authenticator.keysOf(account).filter(({ record }) => !record.management)
  }

  #find(account: string, hash: string): KnownKey | null {
    return this.#inference(account).find(({ record }) => record.hash === hash) ?? null
  }

  /** @throws GatewayError 409 for a key of the configuration */
  #changeable(account: string, hash: string): KeyRecord | null {
    const known = this.#find(account, hash)
    if (known?.isConfigured) {
      throw new GatewayError(
        'conflict',
        `The key "${known.record.name}" stands in the configuration file, under keys: only the operator can change it, there.`,
      )
    }
    return known?.record ?? null
  }

  /**
   * Carries out a change and waits until it counts. The name may have been taken meanwhile, by another process too, and so may the hash of
   * a key that is added: then the database refuses the change.
   * @param added The hash, where a key is added.
   */
  async #changing<Result>(
    account: string,
    { name, hash }: KeyRecord,
    change: () => Promise<Result>,
    added?: string,
  ): Promise<Result> {
    try {
      const result = await change()
      await this.#authenticator.refreshed()
      return result
    } catch (error) {
      const stored = await this.#keys.list()
      if (stored.some((other) => other.account === account && other.name === name && other.hash !== hash)) {
        throw takenName(name)
      }
      if (stored.some((other) => other.hash === added)) throw takenKey()
      throw error
    }
  }

  #refuseTakenName(account: string, name: string, except: string | null): void {
    const keys = this.#authenticator.keysOf(account)
    if (keys.some(({ record }) => record.name === name && record.hash !== except)) throw takenName(name)
  }
}

const takenName = (name: string): GatewayError => {
  const issue = { path: 'name', message: `must be a name that no other key of the account has: there is a "${name}"` }
  return new GatewayError('invalid_request', `${issue.path} ${issue.message}`, { issues: [issue] })
}

const takenKey = (): GatewayError =>
  new GatewayError('conflict', 'external.api_key is a key of this gateway already. Choose another.')
