/**
 * Checks that the doc comment of each public function in `src/` begins with its verb in the third person, such as “Returns” or “Tells”: of what
 * a file exports, and of methods that are not private. A verb is recognised by its `s` at the end alone, so that no list of verbs is to be kept.
 */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A doc comment, and the beginning of the function below it: a declaration, a constant, or a method of a class. */
const described = new RegExp(
  [
    String.raw`^ *\/\*\*(?<text>(?:(?!\*\/)[^])*?)\*\/\n`,
    String.raw`(?:export (?:default )?(?:async )?function\b`,
    String.raw`|export const \w+ =(?: async)?(?:\s*<[^(]*>)?\s*(?:\((?:[^()]|\([^()]*\))*\)|\w+)(?:: [^={]*)? =>`,
    String.raw`|  (?:static )?(?:async )?\*?(?!constructor)[a-z]\w*(?:<[^(]*>)?\((?:[^()]|\([^()]*\))*\)(?:: [^{\n]*)? \{\n)`,
  ].join(''),
  'gm',
)

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))
const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
let found = 0
let failures = 0
for (const file of files) {
  const source = readFileSync(`${root}/${file}`, 'utf8')
  for (const { index, groups } of source.matchAll(described)) {
    found += 1
    const [word = ''] = (groups?.['text'] ?? '').replaceAll(/^[\s*]+/g, '').split(/[\s.,]/)
    if (/^[A-Z][a-z-]*s$/.test(word) || word.startsWith('@')) continue
    failures += 1
    const line = source.slice(0, index).split('\n').length
    console.error(`${file}:${line}: the comment begins with “${word}”, not with a verb such as “Returns”`)
  }
}

// Without this check, an expression that finds nothing would report no fault.
if (found < 500) throw new Error(`only ${found} comments were found: the expression does not fit the sources`)
console.log(`${found} comments of functions, ${failures} without a verb at the beginning`)
if (failures > 0) process.exitCode = 1
