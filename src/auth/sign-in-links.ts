import { hash, randomBytes } from 'node:crypto'
import { readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'
import { makeDirectory } from '../util/make-directory.ts'
import { fullMatch } from '../util/pattern.ts'

/** How long a link works. */
const lifeMs = 15 * 60_000

/**
 * The tokens of sign-in links, as files: who may write in the folder of a gateway is its operator. So a command makes a link for a server
 * that runs already. A file is named after the SHA-256 of its token and holds the time at which the token ends, so that nobody can sign in
 * with what stands there.
 */
export class SignInLinks {
  readonly #folder: string
  readonly #clock: Clock

  constructor(folder: string, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
  }

  /** Makes a token, which works once. Rejects where the folder cannot be written. */
  async make(): Promise<string> {
    await makeDirectory(this.#folder)
    await this.#removeEnded()
    const token = randomBytes(32).toString('base64url')
    await writeFile(this.#fileOf(token), String(this.#clock.now() + lifeMs), { mode: 0o600, flag: 'wx' })
    return token
  }

  /** Takes a token: tells whether it is valid. After that it is not. */
  async take(token: string): Promise<boolean> {
    if (fullMatch(/^[\w-]{43}$/, token) === null) return false
    const file = this.#fileOf(token)
    try {
      const endsAt = Number(await readFile(file, 'utf8'))
      // Of two that take it at the same time, one removes it.
      await unlink(file)
      return this.#clock.now() < endsAt
    } catch {
      return false
    }
  }

  async #removeEnded(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name)
      const endsAt = Number(await readFile(file, 'utf8').catch(() => '0'))
      if (this.#clock.now() >= endsAt) await rm(file, { force: true })
    }
  }

  #fileOf(token: string): string {
    return join(this.#folder, hash('sha256', token, 'hex'))
  }
}

/** Returns the link at which a browser signs in. The token is behind the `#`, so that no server or proxy logs it. */
export const signInLink = (url: string, token: string): string => `${url}/#/sign-in?token=${token}`
