/**
 * `npm run prepare`, which `npm ci` and `npm pack` run too: installs the packages of the console and builds it into `console/dist/`. It does
 * nothing where the build is up to date. Where the console cannot be built, the gateway works without it, so this never fails.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const folder = fileURLToPath(new URL('../console/', import.meta.url))
const dist = join(folder, 'dist')
/** The digest of the sources that the build was made from. */
const stamp = join(folder, 'node_modules', '.built-from')

const digest = digestOf(['package-lock.json', 'index.html', 'vite.config.ts', 'src/**/*'])
const isBuilt = existsSync(join(dist, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest

// Git packages and other tools install parts of a clone only.
if (!isBuilt && existsSync(join(folder, 'package.json'))) {
  try {
    build()
    writeFileSync(stamp, digest)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n').slice(0, 2).join(': ') : String(error)
    console.log(
      `The console could not be built, and the gateway works without it. \`npm run prepare\` tries again. ${reason}`,
    )
  }
}

function build(): void {
  const npm = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-timeout=10000',
  ]
  run('npm', npm, 120_000)
  run(join(folder, 'node_modules/.bin/vite'), ['build', '--logLevel', 'warn'], 120_000)
  // A browser gets the compressed form, and nothing is compressed while it waits.
  for (const file of globSync('{index.html,assets/*}', { cwd: dist })) {
    writeFileSync(join(dist, `${file}.gz`), gzipSync(readFileSync(join(dist, file)), { level: 9 }))
  }
}

function run(command: string, arguments_: readonly string[], timeout: number): void {
  execFileSync(command, arguments_, { cwd: folder, timeout, stdio: ['ignore', 'ignore', 'pipe'] })
}

function digestOf(patterns: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of globSync(patterns, { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()) {
    hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}
