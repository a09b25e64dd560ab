/**
 * Finds what the repository cites of docs/contract.md (`contract §6.7`, `contract §6.2-13` for an item of a section, `contract row 48`,
 * `contract Appendix A`) and of docs/principles.md (`principle 4`), and reports citations of places that do not exist. Several places of
 * one document may follow one another: `contract §2.1, §2.2 and §5.4`. A section of another document is cited with its name: `RFC 9110
 * §15.5`.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Found {
  readonly line: number
  readonly text: string
}

export interface CitationReport {
  readonly files: number
  readonly citations: number
  /** One line for each problem: the file, the line, and what is wrong. */
  readonly problems: readonly string[]
}

const section = String.raw`§\d+(?:\.[\dA-Za-z]+)?(?:-\d+)?`
const numbers = String.raw`\d+(?:(?:,\s+|\s+and\s+)\d+)*`
const place = String.raw`(?:${section}|rows?\s+${numbers}|Appendix\s+[A-Z])`
const quotedAside = '(?:,?\\s+`[^`]*`)?'

const ofContract = new RegExp(
  String.raw`\bcontract\s+(?<places>${place}(?:${quotedAside}(?:,\s+|\s+and\s+)${place})*)`,
  'gi',
)
const ofPrinciples = new RegExp(String.raw`\bprinciples?\s+${numbers}`, 'gi')
const ofOthers = /\bRFC\s+\d+,?\s+§[\d.]+/g
/** A citation of the contract that does not name it. */
const nameless = /§\d[\w.-]*|\brows?\s+\d+|\bcontract\s+\d+\.\w+/gi

export function reportCitations(root: string): CitationReport {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  const contract = read('docs/contract.md')
  const places = new Set([...placesOf(contract), ...principlesOf(read('docs/principles.md'))])
  const files = globSync(['*.md', '.*.cjs', '{bench,bin,docs,scripts,src,test}/**/*.{cjs,js,md,ts}'], {
    cwd: root,
    exclude: ['**/node_modules'],
  }).filter((file) => file !== join('docs', 'contract.md'))

  const problems: string[] = []
  let count = 0
  const judge = (file: string, cited: readonly Found[]): void => {
    count += cited.length
    for (const { line, text } of cited) if (!places.has(text)) problems.push(`${file}:${line}: there is no ${text}`)
  }
  judge('docs/contract.md', ownReferences(contract))
  for (const file of files) {
    const { cited, unnamed } = citationsIn(read(file))
    judge(file, cited)
    for (const { line, text } of unnamed) {
      problems.push(`${file}:${line}: “${text}” names no document: write “contract §6.7” or “contract row 48”`)
    }
  }
  return { files: files.length + 1, citations: count, problems }
}

/** Reads the sections, the numbered items of sections, the appendices and the rows of contract §9. */
function placesOf(contract: string): readonly string[] {
  let current = ''
  return contract.split('\n').flatMap((line) => {
    const heading = /^#{2,4} (Appendix [A-Z]|\d+(?:\.[\dA-Za-z]+)?)\b/.exec(line)?.[1]
    if (heading !== undefined) {
      current = heading
      return [heading.startsWith('Appendix') ? `contract ${heading}` : `contract §${heading}`]
    }
    const item = (/^\| (\d+(?:\.\d+)?) \|/.exec(line) ?? /^(\d+)\. /.exec(line))?.[1]
    if (item === undefined) return []
    if (item.includes('.')) return [`contract §${item}`]
    return [current.startsWith('9.') ? `contract row ${item}` : `contract §${current}-${item}`]
  })
}

const principlesOf = (principles: string): readonly string[] =>
  [...principles.matchAll(/^## (\d+)\. /gm)].map(([, number = '']) => `principle ${number}`)

/** In the contract itself, a section without a document's name is one of its own. */
const ownReferences = (contract: string): readonly Found[] =>
  matches(contract, new RegExp(section, 'g')).map(({ line, text }) => ({ line, text: `contract ${text}` }))

function citationsIn(source: string): { readonly cited: readonly Found[]; readonly unnamed: readonly Found[] } {
  // A comment may continue over several lines. Their leading marks are replaced by spaces, so that positions stay the same.
  const text = source.replaceAll(/^(\s*)(\*|\/\/)(?=\s)/gm, (_, indent: string, mark: string) =>
    indent.padEnd(indent.length + mark.length),
  )
  const cited = [
    ...matches(text, ofContract).flatMap(({ line, text: found }) =>
      nameEach(found).map((name) => ({ line, text: name })),
    ),
    ...matches(text, ofPrinciples).flatMap(({ line, text: found }) =>
      [...found.matchAll(/\d+/g)].map(([number]) => ({ line, text: `principle ${number}` })),
    ),
  ]
  const rest = text.replaceAll(ofContract, blank).replaceAll(ofOthers, blank)
  return { cited, unnamed: matches(rest, nameless) }
}

const blank = (found: string): string => found.replaceAll(/\S/g, ' ')

/** Splits `contract §2.1, rows 3 and 4` into one name for each place. */
const nameEach = (citation: string): readonly string[] =>
  [...citation.matchAll(new RegExp(place, 'gi'))].flatMap(([found]) =>
    found.toLowerCase().startsWith('row')
      ? [...found.matchAll(/\d+/g)].map(([number]) => `contract row ${number}`)
      : [`contract ${found.replaceAll(/\s+/g, ' ')}`],
  )

const matches = (text: string, pattern: RegExp): readonly Found[] =>
  [...text.matchAll(pattern)].map((match) => ({ line: text.slice(0, match.index).split('\n').length, text: match[0] }))
