import { resolve } from 'node:path'
import { Command } from 'commander'
import { inspectJournal } from '../../ledger/journal/inspect.ts'
import { configOption } from '../options.ts'
import type { ConfigOption } from '../read-config.ts'
import { withBooks } from '../with-books.ts'

export const backup = new Command('backup')
  .description('Copy the SQLite database to a new file, while a server runs.')
  .argument('<file>', 'the copy, which must not exist yet')
  .addOption(configOption())
  .action((file: string, options: ConfigOption) =>
    withBooks(options, async (books, { storage }) => {
      const path = resolve(file)
      await books.backup(path)
      process.stdout.write(`The database was copied to ${path}.\n`)
      const { waiting } = await inspectJournal(storage.journal)
      if (waiting === 0) return
      process.stderr.write(`${waiting} records wait in the journal for the database, and the copy may lack them.\n`)
    }),
  )
