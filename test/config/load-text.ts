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

/** Creates a directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-config-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Loads a configuration as if it were in `waygate.yaml` of the directory, by default a new one. */
export function loadText(
  text: string,
  environment: LoadOptions['environment'] = {},
  workingDirectory = temporaryDirectory(),
): Config {
  writeFileSync(join(workingDirectory, 'waygate.yaml'), text)
  return loadConfig({ environment, workingDirectory, builtInProviders })
}

/** Returns the error that loading throws. Fails when it throws none, or another kind. */
export function refusal(load: () => unknown): ConfigError {
  try {
    load()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}
