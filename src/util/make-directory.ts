import { existsSync, mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './code-of.ts'

/**
 * Makes a directory and those above it, for their owner alone. Node's own `recursive` never ends in a place such as `/proc`, which exists
 * and answers "no such directory" to every attempt to make something in it.
 */
export async function makeDirectory(path: string): Promise<void> {
  // Where a file has that name, opening a file in it fails later.
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeDirectory(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have made it at the same time.
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

/** Makes a directory in the same way, for callers that cannot wait. */
export function makeDirectorySync(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeDirectorySync(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}
