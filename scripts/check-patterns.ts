/**
 * Checks the regular expressions in `src/`, which run over text of clients and upstreams. None may take more than linear time. In the rooms
 * that read such text, a pattern may run only through `src/util/pattern.ts`, which limits the length of the text.
 */
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { check } from 'recheck'
import { type Pattern, readPatterns } from './read-patterns.ts'

/** The rooms that read text from outside. The simulator is a provider, so its patterns are only checked for speed. */
const outsideRooms = /^src\/(auth|documents|http|ledger|plugins|protocols|router|server-tools|upstream)\//

const [root = fileURLToPath(new URL('..', import.meta.url))] = process.argv.slice(2)
const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !/\.test\.ts$|\/testing\//.test(file))
const read = files.map((file) => ({ file, ...readPatterns(`${root}/${file}`) }))

let failures = 0
const fail = (file: string, message: string): void => {
  failures += 1
  console.error(`${file}: ${message}`)
}

for (const { file, runs } of read) {
  if (!outsideRooms.test(file)) continue
  for (const run of runs) fail(file, `${run} is not bounded; use search or fullMatch of src/util/pattern.ts`)
}

const patterns = new Map<string, Pattern & { readonly file: string }>()
for (const { file, patterns: found } of read)
  for (const pattern of found) patterns.set(`/${pattern.source}/${pattern.flags}`, { file, ...pattern })
for (const { file, source, flags } of patterns.values()) {
  const result = await check(source, flags, { timeout: 60_000 })
  if (result.status === 'vulnerable') fail(file, `/${source}/${flags} is slow: ${result.complexity.summary}`)
  if (result.status === 'unknown') fail(file, `/${source}/${flags}: not found out (${result.error.kind})`)
}

// Without this check, a parser that reads nothing would report no fault.
if (patterns.size < 50) fail('src', `only ${patterns.size} patterns were found: the parser cannot read the sources`)
if (failures > 0) process.exitCode = 1
else
  console.log(
    `${patterns.size} patterns in ${files.length} files: none slow, none run over unbounded text from outside`,
  )
