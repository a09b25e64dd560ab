import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/** The file of an open database, by its identity: SQLite goes on writing to a file that was deleted or replaced, without an error. */
export class OpenFile {
  readonly path: string
  readonly #identity: string | null

  constructor(path: string) {
    this.path = path
    this.#identity = identityOf(path)
  }

  /** Returns the state of the file: `gone` where no file has this name any more, `replaced` where another file has it. */
  state(): 'there' | 'gone' | 'replaced' {
    const identity = identityOf(this.path)
    if (identity === null) return 'gone'
    return identity === this.#identity ? 'there' : 'replaced'
  }

  /** Writes what the open database holds to a new file of the same name. The database is closed. */
  restore(database: DatabaseSync): void {
    const copy = `${this.path}-restored`
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
    // SQLite writes into an empty file, and keeps its mode.
    writeFileSync(copy, '', { mode: 0o600 })
    chmodSync(copy, 0o600)
    database.prepare('vacuum into ?').run(copy)
    database.close()
    // The log of the deleted file would be applied to the new one.
    for (const suffix of ['-wal', '-shm']) rmSync(this.path + suffix, { force: true })
    renameSync(copy, this.path)
  }
}

function identityOf(path: string): string | null {
  const file = statSync(path, { throwIfNoEntry: false })
  return file === undefined ? null : `${file.dev}:${file.ino}`
}
