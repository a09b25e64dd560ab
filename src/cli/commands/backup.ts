import { resolve } from 'node:path'
import { Command } from 'commander'
import { inspectJournal } from '../../ledger/journal/inspect.ts'
import { configOption } from '../options.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'

export const backup = new Command('backup')
  .description('Copy the SQLite database to a new file, while a server runs.')
  .argument('<file>', 'the copy, which must not exist yet')
  .addOption(configOption())
  .action((file: string, options: ConfigOption) =>
    withStorage(readConfig(options), async (stored, { storage }) => {
      const path = resolve(file)
      await stored.backup(path)
      process.stdout.write(`The database was copied to ${path}.\n`)
      const { waiting } = await inspectJournal(storage.journal)
      if (waiting === 0) return
      process.stderr.write(`${waiting} records wait in the journal for the database, and the copy may lack them.\n`)
    }),
  )
