import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { openStoredData } from '../gateway.ts'

type StoredData = Awaited<ReturnType<typeof openStoredData>>

const fileScheme = 'sqlite:'
const inMemory = 'sqlite::memory:'

/** Tells whether the database of the configuration is there already. One on a server is taken to be. */
export const isStorageThere = ({ storage: { url } }: Config): boolean =>
  url !== inMemory && (!url.startsWith(fileScheme) || existsSync(url.slice(fileScheme.length)))

/** Returns the notice that a database is new, for a user who meant that of a running server. */
const newStorage = (file: string): string =>
  `The database is new: ${file}. A server that was started in another directory, or with another storage.url, does not see it.`

/**
 * Runs work on the database of the configuration.
 * @param creates Whether the database is made where there is none: by a command that has something to keep.
 * @throws Error where the database is in the memory of a server, or is not there and is not made.
 */
export async function withStorage<Result>(
  config: Config,
  work: (stored: StoredData, config: Config) => Promise<Result>,
  { creates = false } = {},
): Promise<Result> {
  const { url } = config.storage
  if (url === inMemory) {
    throw new Error(
      'The database is in memory (storage.url): only the server that has it can use it. Give storage.url a file, such as sqlite:./waygate.db.',
    )
  }
  if (!creates && !isStorageThere(config)) {
    throw new Error(
      `There is no database at ${url.slice(fileScheme.length)} yet. The first start of a server makes it.`,
    )
  }
  const isNew = !isStorageThere(config)
  const stored = await openStoredData(config)
  if (isNew) process.stderr.write(`${newStorage(url.slice(fileScheme.length))}\n`)
  try {
    return await work(stored, config)
  } finally {
    await stored.close()
  }
}
