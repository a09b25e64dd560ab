import { readFileSync } from 'node:fs'

/** Reads the version from the package file, which is as far above the sources as above the build. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String(JSON.parse(text).version)
}
