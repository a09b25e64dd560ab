import { StorageError } from './stores/storage-error.ts'
import { codeOf } from '../util/code-of.ts'

/**
 * Loads the driver of a database, which is installed by those who need it.
 * @param missing Says what needs the driver, and how to install it.
 * @throws StorageError with that text where the driver is not installed.
 */
export async function loadDriver<Driver>(load: () => Promise<Driver>, missing: string): Promise<Driver> {
  try {
    return await load()
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new StorageError(missing, { transient: false, cause: error })
  }
}
