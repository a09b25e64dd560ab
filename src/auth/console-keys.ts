import { noLimits, type Principal } from '../canonical/principal.ts'
import type { AccountKeys } from './account-keys.ts'
import type { Authenticator } from './authenticate.ts'

const name = 'Console'

/**
 * The keys that pay for what sessions of the console generate: one of each account, named `Console`. It is an inference key like any other,
 * so that its spending is listed, limited and stopped in the same way. Nobody has the key itself.
 */
export class ConsoleKeys {
  readonly #keys: Pick<AccountKeys, 'list' | 'create'>
  readonly #authenticator: Pick<Authenticator, 'principalOf'>

  constructor(keys: Pick<AccountKeys, 'list' | 'create'>, authenticator: Pick<Authenticator, 'principalOf'>) {
    this.#keys = keys
    this.#authenticator = authenticator
  }

  /**
   * Returns the principal of the account's key, which is made where there is none.
   * @throws GatewayError 401 where the key is disabled
   */
  async principalOf(account: string): Promise<Principal> {
    return this.#authenticator.principalOf(this.#find(account) ?? (await this.#make(account)))
  }

  #find(account: string): string | undefined {
    return this.#keys.list(account).find((key) => key.name === name)?.hash
  }

  async #make(account: string): Promise<string> {
    try {
      const { record } = await this.#keys.create(account, {
        ...noLimits,
        name,
        expiresAt: null,
        creatorUserId: null,
        externalUser: null,
      })
      return record.hash
    } catch (error) {
      // Another request, here or at another node, may have made it at the same time.
      const hash = this.#find(account)
      if (hash === undefined) throw error
      return hash
    }
  }
}
