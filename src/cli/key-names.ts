import { InvalidArgumentError } from 'commander'
import type { Config } from '../config/config.ts'
import type { KeyRecord } from '../storage/stores/key-store.ts'

type NamedKey = Pick<KeyRecord, 'name' | 'account'>

/**
 * Refuses a name that another key of the account has.
 * @throws Error that names the account and the place of the other key.
 */
export function refuseTakenName(
  configured: readonly NamedKey[],
  stored: readonly NamedKey[],
  { name, account }: NamedKey,
): void {
  const taken = (keys: readonly NamedKey[]) => keys.some((key) => key.name === name && key.account === account)
  const place = taken(configured) ? ' in the configuration' : ''
  if (place === '' && !taken(stored)) return
  throw new Error(`The account "${account}" has a key "${name}"${place} already. Choose another name.`)
}

/**
 * Finds the key that a command may change.
 * @throws Error when the key is in the configuration, when there is no such key, or when there are several.
 */
export function findKey(
  { keys: configured, file }: Pick<Config, 'keys' | 'file'>,
  stored: readonly KeyRecord[],
  name: string,
  account: string | undefined,
): KeyRecord {
  const matches = (key: NamedKey): boolean => key.name === name && (account === undefined || key.account === account)
  const [key, ...others] = stored.filter(matches)
  if (others.length > 0) {
    const accounts = [key, ...others].map((same) => `"${same?.account}"`).join(', ')
    throw new Error(`Several keys are called "${name}", of the accounts ${accounts}. Say which with --account.`)
  }
  if (key !== undefined) return key
  const index = configured.findIndex(matches)
  if (index !== -1) {
    throw new Error(
      `The key "${name}" stands in ${file}: change keys[${index}] there, and a running server follows within two seconds. Commands change only the keys that they made.`,
    )
  }
  throw new Error(`There is no key "${name}". \`waygate keys list\` shows those there are.`)
}

export function parseName(text: string): string {
  // Names are printed on terminals, so control characters are refused.
  if (/^[^\p{Cc}]{1,100}$/u.test(text.trim())) return text.trim()
  throw new InvalidArgumentError('It must be 1 to 100 characters, all of them printable.')
}

/** Parses an amount in USD. */
export function parseKeyLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || limit > 1_000_000) {
    throw new InvalidArgumentError('It must be an amount in USD, between 0 and 1000000.')
  }
  return limit
}
