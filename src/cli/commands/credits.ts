import { Command, InvalidArgumentError } from 'commander'
import { nanoUsd, usd } from '../../canonical/money.ts'
import { defaults } from '../../config/defaults.ts'
import { systemClock } from '../../util/clock.ts'
import { creditId } from '../../util/ids.ts'
import { parseName } from '../key-names.ts'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { isStorageThere, withStorage } from '../with-storage.ts'

interface AddOptions extends ConfigOption {
  readonly account: string
  readonly note?: string
}

const add = new Command('add')
  .description(
    'Add credits to an account, which from then on may spend no more than it has. A negative amount takes credits back.',
  )
  .argument('<usd>', 'an amount in USD', parseAmount)
  .option('--account <account>', 'the account', parseName, defaults.account)
  .option('--note <note>', 'what the amount is for', parseName)
  .addOption(configOption())
  .action(addCredits)

const list = new Command('list')
  .description('List what was added to accounts, oldest first.')
  .addOption(configOption())
  .action(listCredits)

export const credits = new Command('credits')
  .description('Add and list the credits of accounts. What is added counts in a running server within 2 seconds.')
  .addCommand(add)
  .addCommand(list)

async function addCredits(amount: number, { account, note, ...options }: AddOptions): Promise<void> {
  await withStorage(
    readConfig(options),
    async ({ credits, usage }) =>
      credits.add({
        id: creditId(),
        account,
        amount: nanoUsd(amount),
        spentBefore: await usage.spentByAccount(account, 0, []),
        createdAt: systemClock.now(),
        note: note ?? null,
      }),
    { creates: true },
  )
  const done = amount < 0 ? 'were taken from' : 'were added to'
  process.stdout.write(`${Math.abs(amount)} USD ${done} the credits of the account "${account}".\n`)
}

async function listCredits(options: ConfigOption): Promise<void> {
  const config = readConfig(options)
  const added = isStorageThere(config) ? await withStorage(config, (stored) => stored.credits.list()) : []
  const rows = added.map(({ account, amount, createdAt, note }) => [
    account,
    `$${usd(amount)}`,
    new Date(createdAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    note ?? '',
  ])
  printTable(['ACCOUNT', 'ADDED', 'WHEN', 'NOTE'], rows)
}

function parseAmount(text: string): number {
  const amount = Number(text)
  if (!/^-?\d+(\.\d{1,9})?$/.test(text) || Math.abs(amount) > 1_000_000 || amount === 0) {
    throw new InvalidArgumentError('It must be an amount in USD other than 0, between -1000000 and 1000000.')
  }
  return amount
}
