/**
 * Runs every other generator in this folder: `npm run generate`. With `--check` it reports which committed files are out of date. The
 * catalogue's generator needs snapshots from outside, so it runs only where `WAYGATE_CATALOG_SOURCES` names their folder.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const sources = process.env['WAYGATE_CATALOG_SOURCES']

/** The pages are generated from the registries, so these come first. */
const first = 'generate-registries.ts'
const others = globSync('generate-*.ts', { cwd: folder }).filter((file) => file !== first)

for (const file of [first, ...others.toSorted()]) {
  if (file === 'generate-catalog.ts' && sources === undefined) {
    console.log(`${file}: left out, since WAYGATE_CATALOG_SOURCES is not set`)
    continue
  }
  const { status } = spawnSync(process.execPath, [join(folder, file), ...process.argv.slice(2)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
