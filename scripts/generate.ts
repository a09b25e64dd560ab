/**
 * Runs every generator beside it: `npm run generate`. With `--check`: says which committed files are stale.
 * The catalogue's needs snapshots from outside, so it runs only where `WAYGATE_CATALOG_SOURCES` says where they are.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('./', import.meta.url)
const sources = process.env['WAYGATE_CATALOG_SOURCES']

for (const file of readdirSync(folder).filter((name) => /^generate-.*\.ts$/.test(name))) {
  if (file === 'generate-catalog.ts' && sources === undefined) {
    console.log(`${file}: left out, since WAYGATE_CATALOG_SOURCES is not set`)
    continue
  }
  const script = fileURLToPath(new URL(file, folder))
  const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
