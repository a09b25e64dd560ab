import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders } from '../../src/gateway.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))
export const deployFile = (path: string): string => join(repository, 'deploy', path)
export const readText = (path: string): string => readFileSync(deployFile(path), 'utf8')
export const readYaml = (path: string) => parse(readText(path))
export const documentsOf = (text: string) => parseAllDocuments(text).map((document) => document.toJS())

/** Returns the names of the variables that a text reads. */
export const variablesOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\$\{([A-Z_]+)[}:]/g)].map(([, name = '']) => name)),
]

/** Loads a configuration of deploy/ as if all its variables were set. */
export function load(text: string): Config {
  const workingDirectory = temporaryDirectory()
  writeFileSync(join(workingDirectory, 'waygate.yaml'), text)
  const environment = Object.fromEntries(variablesOf(text).map((name) => [name, valueOf(name)]))
  return loadConfig({ environment, workingDirectory, builtInProviders })
}

function valueOf(name: string): string {
  if (name === 'WAYGATE_DATABASE_URL') return 'postgres://waygate:secret@db:5432/waygate'
  if (name === 'WAYGATE_REDIS_URL') return 'redis://redis:6379/0'
  return name === 'WAYGATE_SECRET_KEY' ? 'ab'.repeat(32) : `${name}-0123456789`
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-deploy-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Returns why a program is not tried, for the name of a test; null where it is installed. */
export function whyMissing(program: string, ...arguments_: readonly string[]): string | null {
  return spawnSync(program, arguments_).error === undefined ? null : ` (skipped: there is no ${program})`
}
