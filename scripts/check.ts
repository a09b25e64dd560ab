/**
 * `npm run check`: runs all checks except the tests. Every check runs, even if an earlier one fails. `npm run check -- lint types` runs
 * only the named ones.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const checks: Readonly<Record<string, readonly [command: string, ...arguments_: readonly string[]]>> = {
  types: ['tsc', '--project', '.'],
  lint: ['oxlint', '--deny-warnings'],
  console: ['node', 'scripts/check-console.ts'],
  format: ['oxfmt', '--check', '.'],
  imports: ['node', 'scripts/check-imports.ts'],
  citations: ['node', 'scripts/check-citations.ts'],
  docstrings: ['node', 'scripts/check-docstrings.ts'],
  patterns: ['node', 'scripts/check-patterns.ts'],
  unused: ['knip'],
  generated: ['node', 'scripts/generate.ts', '--check'],
}

const named = process.argv.slice(2)
const unknown = named.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`)
  process.exit(2)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const chosen = Object.entries(checks).filter(([name]) => named.length === 0 || named.includes(name))
const results = chosen.map(([name, [command, ...arguments_]]) => {
  console.log(`\n# ${name}: ${command} ${arguments_.join(' ')}`)
  const { status, error } = spawnSync(command, arguments_, { cwd: root, stdio: 'inherit', timeout: 300_000 })
  if (error !== undefined) console.error(error.message)
  return { name, passed: status === 0 }
})

console.log('')
for (const { name, passed } of results) console.log(`check ${passed ? 'passed' : 'FAILED'}: ${name}`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
