import { readFileSync } from 'node:fs'
import type { CatalogEntry } from './catalog-entry.ts'

/** The catalogue that comes with the program. Its shape is checked in CI, not at every start. */
export function loadEntries(): readonly CatalogEntry[] {
  return JSON.parse(readFileSync(new URL('./data/models.json', import.meta.url), 'utf8'))
}
