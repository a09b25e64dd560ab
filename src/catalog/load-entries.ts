import { readFileSync } from 'node:fs'
import type { CatalogEntry } from './catalog-entry.ts'

/** Loads the bundled catalogue. Its format is checked in CI, not at every start. */
export function loadEntries(): readonly CatalogEntry[] {
  return JSON.parse(readFileSync(new URL('./data/models.json', import.meta.url), 'utf8'))
}
