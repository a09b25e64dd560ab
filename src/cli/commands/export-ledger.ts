import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { Command, Option } from 'commander'
import type { Config } from '../../config/config.ts'
import { encodeAmounts, type ExportFormat, exportFormats } from '../../ledger/books/encode-amounts.ts'
import { codeOf } from '../../util/code-of.ts'
import { markApiKey } from '../../util/api-key.ts'
import { parseName } from '../key-names.ts'
import { configOption, parseTime } from '../options.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'

interface ExportOptions extends ConfigOption {
  readonly format: ExportFormat
  readonly since?: number
  readonly until?: number
  readonly account?: string
  readonly key?: string
  readonly output?: string
}

export const exportLedger = new Command('export')
  .description('Print every amount with its source, oldest first: one row an amount.')
  .addOption(new Option('--format <format>', 'the form of a row').choices(exportFormats).default('csv'))
  .option('--since <time>', 'only generations since this ISO time in UTC, such as 2027-01-01', parseTime)
  .option('--until <time>', 'only generations before this ISO time in UTC', parseTime)
  .option('--account <account>', 'only those of an account', parseName)
  .option('--key <name>', 'only those of a key, by its name or its hash', parseName)
  .option('--output <file>', 'a new file for the rows; default: standard output')
  .addOption(configOption())
  .action((options: ExportOptions) =>
    withStorage(readConfig(options), async ({ books, keys }, config) => {
      const known = [...config.keys.map((key) => ({ ...key, ...markApiKey(key.key) })), ...(await keys.list())]
      const { format, since, until, account } = options
      if (since !== undefined && until !== undefined && since >= until) {
        throw new Error('--since must be before --until.')
      }
      const keyHash = options.key === undefined ? undefined : hashOf(known, options.key, account)
      const names = new Map(known.toReversed().map(({ hash, name }) => [hash, name]))
      // An account whose keys were deleted still has records.
      if (account !== undefined && !known.some((key) => key.account === account)) {
        const isEmpty = await books.read(async (read) => {
          for await (const page of read.generations({ account })) if (page.length > 0) return false
          return true
        })
        if (isEmpty) throw new Error(`There is no account "${account}": no key and no generation belongs to it.`)
      }
      const write = await openOutput(options.output)
      try {
        await books.read(async (read) => {
          const pages = read.generations({ account, keyHash, since, until })
          for await (const text of encodeAmounts(pages, format, names)) await write.text(text)
        })
      } finally {
        await write.close()
      }
      if (options.output !== undefined) process.stdout.write(`The amounts were written to ${options.output}.\n`)
    }),
  )

type NamedKey = Pick<Config['keys'][number], 'name' | 'account'> & { readonly hash: string }

/**
 * Finds the hash of a key. That of a key that was deleted is given itself.
 * @throws Error where several keys have the name, or none.
 */
function hashOf(keys: readonly NamedKey[], name: string, account: string | undefined): string {
  if (/^[0-9a-f]{64}$/.test(name)) return name
  const found = keys.filter((key) => key.name === name && (account === undefined || key.account === account))
  const hashes = [...new Set(found.map(({ hash }) => hash))]
  const [hash] = hashes
  if (hash === undefined) {
    throw new Error(`There is no key "${name}". For one that was deleted, give its hash, as in the column key_hash.`)
  }
  if (hashes.length === 1) return hash
  const accounts = found.map((key) => `"${key.account}"`).join(', ')
  throw new Error(`Several keys are called "${name}", of the accounts ${accounts}. Say which with --account.`)
}

interface Output {
  text(text: string): Promise<unknown>
  close(): Promise<void>
}

/** Opens where rows go. Each call waits until the reader has taken enough, so that a slow one costs no memory. */
async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) {
    const { stdout } = process
    return { text: async (text) => stdout.write(text) || once(stdout, 'drain'), close: async () => {} }
  }
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw new Error(`${path} exists already. Name a file that does not exist.`)
    throw error
  })
  return { text: (text) => file.appendFile(text), close: () => file.close() }
}
