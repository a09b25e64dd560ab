import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { openBooks } from '../gateway.ts'
import { readConfig, type ConfigOption } from './read-config.ts'

type OpenBooks = Awaited<ReturnType<typeof openBooks>>

/**
 * Runs work on the database of the configuration.
 * @throws Error where there is none yet: a command that only reads makes no database.
 */
export async function withBooks<Result>(
  options: ConfigOption,
  work: (books: OpenBooks, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(options)
  const { url } = config.storage
  if (url === 'sqlite::memory:') {
    throw new Error('The database is in memory (storage.url): only the server that has it can read it.')
  }
  if (url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))) {
    throw new Error(`There is no database at ${url.slice('sqlite:'.length)} yet. The first start of a server makes it.`)
  }
  const books = await openBooks(config)
  try {
    return await work(books, config)
  } finally {
    await books.close()
  }
}
