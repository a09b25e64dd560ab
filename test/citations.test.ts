import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { reportCitations } from '../scripts/find-citations.ts'

/** The numbers are separate, so that the check does not count the planted citations of this file. */
const [sign, row, principle, number] = ['§', 'row', 'principle', '6.2']

const contract = `# The contract
## 0. Rules
| # | Rule |
|---|---|
| 0.1 | Keys. |
### 0.a Headers
## 3. The response
#### 3.3a Details
## 6. Routing
### 6.2 Filters
| # | Filter |
|---|---|
| 1 | retired |
### 6.3 Order
1. First.
2. Then, as ${sign}6.2 has it.
## 9. Rows
### 9.1 Basics
| # | Given |
|---|---|
| 1 | hi |
| 48 | latency |
## Appendix A. Upstreams
`

const root = mkdtempSync(join(tmpdir(), 'waygate-citations-'))
afterAll(() => rmSync(root, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

beforeEach(() => {
  rmSync(root, { recursive: true })
  write('docs/contract.md', contract)
  write('docs/principles.md', '# Principles\n## 1. One direction\n## 2. Halves\n')
})

test.each([
  [1, `contract ${sign}6.2`],
  [1, `Source: contract ${sign}3.3a.`],
  [1, `Contract ${sign}0.a: headers`],
  [1, `contract ${sign}0.1`],
  [2, `contract ${sign}6.2-1, ${sign}6.3-2`],
  [3, `contract ${sign}6.2, ${sign}0 and ${sign}3`],
  [2, `contract ${sign}0, \`messages\`, ${sign}3`],
  [1, `contract ${row} 48`],
  [2, `contract ${row}s 1 and 48`],
  [2, `contract ${row} 1, ${sign}6.2`],
  [2, `contract Appendix A, ${sign}6`],
  [2, `/**\n * It is so (contract\n * ${sign}6.2,\n * ${sign}6.3).\n */`],
  [2, `// It is so, contract\n// ${row} 1, and ${principle} 2.`],
  [2, `${principle}s 1 and 2`],
  [0, `RFC 9110 ${sign}15.5.1, and a ${row} of a table, and 3 ${row}s`],
])('%i citations are found, and nothing is wrong with them: %s', (count, text) => {
  write('src/a.ts', text)
  // There is one more, because the contract refers to itself.
  expect(reportCitations(root)).toEqual({ files: 3, citations: count + 1, problems: [] })
})

test.each([
  [`contract ${sign}6.4`, `there is no contract ${sign}6.4`],
  [`contract ${sign}6.2-2`, `there is no contract ${sign}6.2-2`],
  [`contract ${sign}0.2`, `there is no contract ${sign}0.2`],
  [`contract ${sign}3.3b`, `there is no contract ${sign}3.3b`],
  [`contract ${sign}6.2, ${sign}7`, `there is no contract ${sign}7`],
  [`contract ${row}s 48 and 49`, `there is no contract row 49`],
  [`contract Appendix B`, `there is no contract Appendix B`],
  [`${principle}s 2 and 3`, `there is no ${principle} 3`],
  [`${sign}6.2`, `“${sign}6.2” names no document`],
  [`${row} 48: a title`, `“${row} 48” names no document`],
  [`contract ${number}`, `“contract ${number}” names no document`],
  [`RFC 9110 ${sign}15, ${sign}6.2`, `“${sign}6.2” names no document`],
])('an invalid citation is reported with its place: %s', (text, problem) => {
  for (const file of ['src/a.ts', 'test/b/c.test.ts', 'scripts/d.ts', 'bench/e.ts', 'docs/f.md', 'README.md']) {
    write(file, `first line\n${text}\n`)
    const { problems } = reportCitations(root)
    expect(problems).toEqual([expect.stringContaining(`${file}:2: ${problem}`)])
    rmSync(join(root, file))
  }
})

test('the contract refers to no section that it lacks', () => {
  write('docs/contract.md', `${contract}See ${sign}6.9.\n`)
  const line = contract.split('\n').length
  expect(reportCitations(root).problems).toEqual([`docs/contract.md:${line}: there is no contract ${sign}6.9`])
})
