import { StorageError } from '../../../stores/storage-error.ts'

export type Pg = typeof import('pg')

/**
 * Loads the driver for PostgreSQL, which is installed by those who need it.
 * @throws StorageError that tells how to install it.
 */
export async function loadPg(load: () => Promise<Pg> = () => import('pg')): Promise<Pg> {
  try {
    return await load()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing) throw error
    const remedy = 'Install it with `npm install pg`, or set storage.url to a SQLite file.'
    throw new StorageError(`storage.url names a PostgreSQL database, for which the package pg is missing. ${remedy}`, {
      transient: false,
      cause: error,
    })
  }
}
