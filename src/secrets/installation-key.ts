import { hkdfSync, randomBytes } from 'node:crypto'
import {
  type Stats,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../util/code-of.ts'
import { makeDirectorySync } from '../util/make-directory.ts'
import { refusalOf } from '../util/refusal-of.ts'

const bytes = 32

/**
 * The one secret of an installation. Nothing is done with it itself: each use has a key of its own, from which neither this one nor
 * another can be found (HKDF, RFC 5869).
 */
export class InstallationKey {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** Derives the key for one use. @param purpose Names the use; another name is another key. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `waygate/${purpose}`, bytes))
  }
}

/** Makes a random key for a gateway that stores nothing. Keys that were derived from it are useless after that gateway has ended. */
export const passingKey = (): InstallationKey => new InstallationKey(randomBytes(bytes))

/** The forms of a key as text: 32 bytes in base64, or in hexadecimal digits. */
export const keyTextPattern = '^([0-9A-Fa-f]{64}|[A-Za-z0-9+/_-]{43}=?)$'

/** Reads a key that was given as text, in a form of `keyTextPattern`. */
export const parseInstallationKey = (text: string): InstallationKey =>
  new InstallationKey(Buffer.from(text, text.length === 2 * bytes ? 'hex' : 'base64'))

/**
 * Reads the key of this installation, and makes it where there is none yet.
 * @throws Error that says what to do about a file that others may read, or that holds something else.
 */
export function openInstallationKey(file: string): InstallationKey {
  return readInstallationKey(file) ?? makeKey(file)
}

/**
 * Reads the key; null where there is none yet.
 * @throws Error that says what to do about a file that others may read, or that holds something else.
 */
export function readInstallationKey(file: string): InstallationKey | null {
  const found = attempt(file, 'cannot be read', () => statSync(file, { throwIfNoEntry: false }))
  if (found === undefined) return null
  if (!found.isFile()) throw new Error(`${about(file)} is not a file. Let secrets.key_file name another.`)
  if (isOpenToOthers(found)) {
    throw new Error(`${about(file)} can be read or changed by every user of this machine. Run: chmod 600 '${file}'`)
  }
  const key = attempt(file, 'cannot be read', () => readFileSync(file))
  if (key.length !== bytes) {
    throw new Error(
      `${about(file)} must hold exactly ${bytes} bytes, not ${key.length}. Bring the file back from a backup, or remove it to have a new one made.`,
    )
  }
  return new InstallationKey(key)
}

/** A group may read it, as orchestrators mount secrets. Windows has no such rights. */
const isOpenToOthers = ({ mode }: Stats): boolean => process.platform !== 'win32' && (mode & 0o007) !== 0

/** Whole or not at all, and only by one of several that start at once: the others take the first one's. */
function makeKey(file: string): InstallationKey {
  const key = randomBytes(bytes)
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  return attempt(file, 'cannot be made', () => {
    makeDirectorySync(dirname(file))
    try {
      const descriptor = openSync(draft, 'wx', 0o600)
      try {
        writeSync(descriptor, key)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      linkSync(draft, file)
      return new InstallationKey(key)
    } catch (error) {
      const others = isTaken(error) ? readInstallationKey(file) : null
      if (others === null) throw error
      return others
    } finally {
      removeDraft(draft)
    }
  })
}

function removeDraft(draft: string): void {
  try {
    unlinkSync(draft)
  } catch {
    // It was not made.
  }
}

const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST'

const about = (file: string): string => `The key of this installation, ${file},`

function attempt<Value>(file: string, failing: string, action: () => Value): Value {
  try {
    return action()
  } catch (error) {
    // What has no code of the system is explained already.
    if (codeOf(error) === '') throw error
    throw new Error(
      `${about(file)} ${failing} (${refusalOf(error)}). Let secrets.key_file name a file that this user may read and write.`,
      { cause: error },
    )
  }
}
