import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig, type LoadOptions } from '../../src/config/load-config.ts'
import { ConfigError } from '../../src/config/problem.ts'

export const builtInProviders = [
  { slug: 'openai', variables: ['OPENAI_API_KEY'] },
  { slug: 'groq', variables: ['GROQ_API_KEY'] },
]

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-config-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Loads a configuration as if it stood in `waygate.yaml` of the directory, by default a fresh one. */
export function loadText(
  text: string,
  environment: LoadOptions['environment'] = {},
  workingDirectory = temporaryDirectory(),
): Config {
  writeFileSync(join(workingDirectory, 'waygate.yaml'), text)
  return loadConfig({ environment, workingDirectory, builtInProviders })
}

/** The error that loading throws. Fails when it throws none, or another kind. */
export function refusal(load: () => unknown): ConfigError {
  try {
    load()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}
