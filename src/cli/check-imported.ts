import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../config/load-config.ts'
import { builtInProviders } from '../gateway.ts'

/**
 * Checks a configuration that an importer made, as if all its variables were set.
 * @throws ConfigError with what is wrong: a value of the other configuration that is none here.
 */
export function checkImported(text: string): void {
  const names = [...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => name)
  const workingDirectory = mkdtempSync(join(tmpdir(), 'waygate-import-'))
  try {
    writeFileSync(join(workingDirectory, 'waygate.yaml'), text, { mode: 0o600 })
    const environment = Object.fromEntries(names.map((name) => [name, valueOf(name, text)]))
    loadConfig({ environment, workingDirectory, builtInProviders })
  } finally {
    rmSync(workingDirectory, { recursive: true })
  }
}

/** Returns a value for a variable, of which nothing is known but where it stands: an address is followed by a path or is a `base_url`. */
const valueOf = (name: string, text: string): string =>
  new RegExp(`base_url: "?\\$\\{${name}\\}`).test(text) ? 'https://host.example' : `${name}-0123456789`
