import { Command, InvalidArgumentError } from 'commander'
import { nanoUsd, usd } from '../../canonical/money.ts'
import { defaults } from '../../config/defaults.ts'
import { openKeyStore } from '../../gateway.ts'
import type { KeyRecord } from '../../storage/stores/key-store.ts'
import { makeApiKey, markApiKey } from '../../util/api-key.ts'
import { systemClock } from '../../util/clock.ts'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'

interface CreateOptions extends ConfigOption {
  readonly name: string
  readonly limit?: number
  readonly account: string
  readonly expires?: number
  readonly management: boolean
}

const create = new Command('create')
  .description('Make an API key and print it, once. A running server knows it within 2 seconds.')
  .requiredOption('--name <name>', 'what to call it')
  .option('--limit <usd>', 'what it may spend, in USD; default: no limit', parseLimit)
  .option('--account <account>', 'the account that owns it', defaults.account)
  .option('--expires <time>', 'when it stops working: an ISO time such as 2027-01-01T00:00:00Z', parseTime)
  .option('--management', 'let it manage keys instead of calling models', false)
  .addOption(configOption())
  .action(createKey)

const list = new Command('list')
  .description('List the keys of the configuration and those made later.')
  .addOption(configOption())
  .action(listKeys)

export const keys = new Command('keys').description('Make and list API keys.').addCommand(create).addCommand(list)

async function createKey(options: CreateOptions): Promise<void> {
  const { key, hash, label } = makeApiKey()
  const store = await openKeyStore(readConfig(options))
  try {
    await store.keys.insert({
      hash,
      label,
      name: options.name,
      account: options.account,
      limit: options.limit === undefined ? null : nanoUsd(options.limit),
      management: options.management,
      disabled: false,
      expiresAt: options.expires ?? null,
      createdAt: systemClock.now(),
      updatedAt: null,
    })
  } finally {
    await store.close()
  }
  process.stderr.write(`The key "${options.name}" of account "${options.account}". Keep it: it is not shown again.\n`)
  process.stdout.write(`${key}\n`)
}

async function listKeys(options: ConfigOption): Promise<void> {
  const config = readConfig(options)
  const store = await openKeyStore(config)
  try {
    const rows = [
      ...config.keys.map((key) => keyRow(key, markApiKey(key.key).label, key.limit, 'configuration')),
      ...(await store.keys.list()).map((key) => keyRow(key, key.label, inUsd(key.limit), 'command or API')),
    ]
    printTable(['NAME', 'KEY', 'ACCOUNT', 'LIMIT', 'STATE', 'MADE BY'], rows)
  } finally {
    await store.close()
  }
}

type ListedKey = Pick<KeyRecord, 'name' | 'account' | 'management' | 'disabled' | 'expiresAt'>

function keyRow(key: ListedKey, label: string, limit: number | null, madeBy: string): readonly string[] {
  return [key.name, label, key.account, limit === null ? 'none' : `$${limit}`, describeState(key), madeBy]
}

const inUsd = (amount: number | null): number | null => (amount === null ? null : usd(amount))

function describeState({ disabled, expiresAt, management }: ListedKey): string {
  if (disabled) return 'disabled'
  if (expiresAt !== null && expiresAt <= systemClock.now()) return 'expired'
  return management ? 'management' : 'active'
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || limit > 1_000_000) {
    throw new InvalidArgumentError('It must be an amount in USD, between 0 and 1000000.')
  }
  return limit
}

function parseTime(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be an ISO time, such as 2027-01-01T00:00:00Z.')
  return time
}
