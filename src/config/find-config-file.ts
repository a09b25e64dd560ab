import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { ConfigError } from './problem.ts'

export interface ConfigSource {
  /** The name that the user gave, for messages. */
  readonly name: string
  readonly path: string
  readonly text: string
}

const usualNames = ['waygate.yaml', 'waygate.yml', 'waygate.json']
const largestFile = 16 * 1024 * 1024

/**
 * Finds the named file, otherwise the first of the usual names in the working directory. Returns null when there is none.
 * @throws ConfigError when a named file cannot be read.
 */
export function findConfigFile(named: string | null, workingDirectory: string): ConfigSource | null {
  const name = named ?? usualNames.find((usual) => existsSync(resolve(workingDirectory, usual)))
  if (name === undefined) return null
  const path = isAbsolute(name) ? name : resolve(workingDirectory, name)
  return { name, path, text: read(name, path) }
}

function read(name: string, path: string): string {
  const refuse = (message: string) => new ConfigError([{ file: name, line: null, column: null, path: '', message }])
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw refuse(
      isMissing(error)
        ? 'there is no such file. Name one that exists with --config or WAYGATE_CONFIG.'
        : 'the file cannot be opened.',
    )
  }
  try {
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) throw refuse('this is a directory. Name the file in it.')
    if (stats.size > largestFile) throw refuse('the file is larger than 16 MiB, which is no configuration.')
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
