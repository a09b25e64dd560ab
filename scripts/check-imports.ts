/** Checks the directions of imports against `.dependency-cruiser.cjs`, and that there are no cycles. */
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cruiseSources } from './cruise-sources.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { modules, summary } = await cruiseSources(root)

for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`)

// With a missing or outdated parser the cruiser would see no imports, and would report no fault.
const found = modules.filter(({ source }) => source.startsWith('src/')).length
const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts')).length
const imports = summary.totalDependenciesCruised ?? 0
const isBroken = found < files || imports < files
if (isBroken)
  console.error(`Of ${files} files, ${found} were read, with ${imports} imports: the cruiser cannot read them.`)

if (isBroken || summary.violations.length > 0) process.exitCode = 1
else console.log(`${files} files, ${imports} imports: every one in the right direction, no cycles`)
