/**
 * `npm run build`: joins the sources, and the packages that they use, into the few files of `dist/`, which the published package runs.
 * `node scripts/build.ts DIRECTORY` writes them into another directory, which is replaced.
 * A start reads 1900 files otherwise, which takes more than half of it (docs/decisions/0026-the-build-is-few-files.md).
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { printPreparedChecks } from './prepared-checks.ts'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const target = process.argv[2] ?? 'dist'
/** All files stand side by side, as deep as `src/cli`: what they find by an address relative to their own is beside them too. */
const folder = join(target, 'cli')

/** The programs: the command line, and what it runs in threads and processes of their own. */
const programs = [
  'src/cli/cli.ts',
  'src/storage/sql/dialects/sqlite/sqlite-worker.ts',
  'src/documents/worker.ts',
  'src/documents/memory-watch.ts',
]

/** The packages that are installed with this one, or by an operator who wants them. All others become part of the build. */
const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const external = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]

const prepareChecks: Plugin = {
  name: 'prepared-checks',
  load: (id) => (id.endsWith('src/protocols/schema/prepared-checks.ts') ? printPreparedChecks() : null),
}

/** A text with one other character takes two bytes for every character in memory. */
const inAscii: Plugin = {
  name: 'ascii',
  renderChunk: (code) =>
    code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
}

rmSync(target, { recursive: true, force: true })
const bundle = await rolldown({ input: programs, platform: 'node', external, plugins: [prepareChecks, inAscii] })
const { output } = await bundle.write({
  dir: folder,
  comments: false,
  // V8 keeps the memory in which it parses the largest file: two files of half the size cost 8 MB less than one.
  codeSplitting: { groups: [{ name: 'packages', test: /node_modules/, entriesAware: true }] },
  // Else code is printed once more at the end, with all characters as they were.
  minify: false,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
cpSync('src/catalog/data', join(folder, 'data'), { recursive: true })
writeFileSync(join(target, 'LICENSES.txt'), licences(output.filter((file) => file.type === 'chunk')))

/** Returns the licences of all packages that became part of the build. */
function licences(chunks: readonly OutputChunk[]): string {
  const packages = new Set(
    chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? [])),
  )
  return [...packages].toSorted().map(licenceOf).join('\n')
}

function licenceOf(directory: string): string {
  const { name, version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence that the build could contain.`)
  return `${name} ${version}\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
}
