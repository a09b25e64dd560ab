import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError } from './problem.ts'
import { codeOf } from '../util/code-of.ts'

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
  const path = resolve(workingDirectory, name)
  return { name, path, text: read(name, path) }
}

/** Returns where the file may be: at its name, otherwise at the usual names, the first of which exists counts. */
export const configPaths = (named: string | null, workingDirectory: string): readonly string[] =>
  (named === null ? usualNames : [named]).map((name) => resolve(workingDirectory, name))

function read(name: string, path: string): string {
  const refuse = (message: string) => new ConfigError([{ file: name, line: null, column: null, path: '', message }])
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw refuse(whyUnopened(error))
  }
  try {
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) throw refuse('this is a directory. Name the file in it.')
    if (stats.size > largestFile) throw refuse('the file is larger than 16 MiB, which is no configuration.')
    const text = decodeUtf8(readFileSync(descriptor))
    if (text === null) throw refuse('the file is not text in UTF-8. Save it in that encoding.')
    return text
  } finally {
    closeSync(descriptor)
  }
}

/** Decodes UTF-8. Returns null for other encodings, such as PowerShell's: decoded as UTF-8 they would cause misleading errors. */
function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function whyUnopened(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOENT')
    return 'there is no such file. Put it there, or name another one with --config or WAYGATE_CONFIG.'
  if (code === 'EACCES') return 'this user may not read the file.'
  return 'the file cannot be opened.'
}
