import { Command } from 'commander'
import { nanoUsd, usd } from '../../canonical/money.ts'
import { defaults } from '../../config/defaults.ts'
import { noOwner, type KeyRecord } from '../../storage/stores/key-store.ts'
import { makeApiKey, markApiKey } from '../../util/api-key.ts'
import { systemClock } from '../../util/clock.ts'
import { parseKeyLimit, parseName, refuseTakenName } from '../key-names.ts'
import {
  configOption,
  includeByokOption,
  type LimitOptions,
  parseCount,
  parseExpiry,
  refuseWithoutLimit,
  resetOption,
} from '../options.ts'
import { printTable } from '../print-table.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { isStorageThere, withStorage } from '../with-storage.ts'
import { keyChanges } from './change-keys.ts'

interface CreateOptions extends ConfigOption, LimitOptions {
  readonly name: string
  readonly limit?: number
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly account: string
  readonly expires?: number
  readonly management: boolean
}

const create = new Command('create')
  .description('Make an API key and print it, once. A running server accepts it within 2 seconds.')
  .requiredOption('--name <name>', 'what to call it; no other key of the account may have that name', parseName)
  .option('--limit <usd>', 'what it may spend, in USD; default: no limit', parseKeyLimit)
  .addOption(resetOption())
  .addOption(includeByokOption())
  .option('--requests-per-minute <n>', 'how many requests it may send in a minute; default: as configured', parseCount)
  .option('--tokens-per-minute <n>', 'how many tokens it may use in a minute; default: as configured', parseCount)
  .option('--account <account>', 'the account that owns it', parseName, defaults.account)
  .option('--expires <time>', 'when it stops working: an ISO time in UTC, such as 2027-01-01T00:00:00Z', parseExpiry)
  .option('--management', 'make it for managing keys and the account through the API, instead of calling models', false)
  .addOption(configOption())
  .action(createKey)

const list = new Command('list')
  .description('List the keys of the configuration and those made later.')
  .addOption(configOption())
  .action(listKeys)

export const keys = new Command('keys')
  .description('Make, list and change API keys. What is changed counts in a running server within 2 seconds.')
  .addCommand(create)
  .addCommand(list)
for (const command of keyChanges) keys.addCommand(command)

async function createKey(options: CreateOptions, command: Command): Promise<void> {
  refuseWithoutLimit(command, options.limit ?? null, options, 'Add --limit USD.')
  const { key, hash, label } = makeApiKey()
  const config = readConfig(options)
  const record = {
    hash,
    label,
    name: options.name,
    account: options.account,
    limit: options.limit === undefined ? null : nanoUsd(options.limit),
    limitReset: options.reset ?? null,
    includeByokInLimit: options.includeByok,
    requestsPerMinute: options.requestsPerMinute ?? null,
    tokensPerMinute: options.tokensPerMinute ?? null,
    management: options.management,
    disabled: false,
    expiresAt: options.expires ?? null,
    createdAt: systemClock.now(),
    updatedAt: null,
    ...noOwner,
  }
  await withStorage(
    config,
    async ({ keys }) => {
      refuseTakenName(config.keys, await keys.list(), options)
      await keys.insert(record)
    },
    { creates: true },
  )
  process.stderr.write(`The key "${options.name}" of account "${options.account}". Keep it: it is not shown again.\n`)
  process.stdout.write(`${key}\n`)
}

async function listKeys(options: ConfigOption): Promise<void> {
  const config = readConfig(options)
  const stored = isStorageThere(config) ? await withStorage(config, ({ keys }) => keys.list()) : []
  const inFile = config.keys.map((key) => ({ ...key, ...markApiKey(key.key) }))
  // Where a key is in the configuration and in the store, the configuration has priority.
  const replaced = new Set(inFile.map(({ hash }) => hash))
  const rows = [
    ...inFile.map((key) => keyRow(key, config.limits, key.limit, describeState(key), 'configuration')),
    ...stored.map((key) => {
      const state = replaced.has(key.hash) ? 'replaced by the configuration' : describeState(key)
      return keyRow(key, config.limits, inUsd(key.limit), state, 'database')
    }),
  ]
  printTable(['NAME', 'KEY', 'ACCOUNT', 'KIND', 'LIMIT', 'IN A MINUTE', 'EXPIRES', 'STATE', 'KEPT IN'], rows)
}

type Rates = Pick<KeyRecord, 'requestsPerMinute' | 'tokensPerMinute'>

type ListedKey = Rates &
  Pick<
    KeyRecord,
    'name' | 'label' | 'account' | 'limitReset' | 'includeByokInLimit' | 'management' | 'disabled' | 'expiresAt'
  >

function keyRow(
  key: ListedKey,
  ofAllKeys: Rates,
  limit: number | null,
  state: string,
  keptIn: string,
): readonly string[] {
  const { name, label, account, management, expiresAt, limitReset, includeByokInLimit } = key
  const extent = `${limitReset === null ? '' : ` ${limitReset}`}${includeByokInLimit ? ' with BYOK' : ''}`
  return [
    name,
    label,
    account,
    management ? 'management' : 'inference',
    limit === null ? 'none' : `$${limit}${extent}`,
    describeRates(key, ofAllKeys),
    expiresAt === null ? 'never' : new Date(expiresAt).toISOString().replace('.000Z', 'Z'),
    state,
    keptIn,
  ]
}

/** A limit of the key has priority over the one that the configuration has for all keys. */
function describeRates(key: Rates, ofAllKeys: Rates): string {
  const requests = key.requestsPerMinute ?? ofAllKeys.requestsPerMinute
  const tokens = key.tokensPerMinute ?? ofAllKeys.tokensPerMinute
  const parts = [
    ...(requests === null ? [] : [`${requests} requests`]),
    ...(tokens === null ? [] : [`${tokens} tokens`]),
  ]
  return parts.join(', ') || 'no limit'
}

const inUsd = (amount: number | null): number | null => (amount === null ? null : usd(amount))

function describeState({ disabled, expiresAt }: ListedKey): string {
  if (disabled) return 'disabled'
  return expiresAt !== null && expiresAt <= systemClock.now() ? 'expired' : 'active'
}
