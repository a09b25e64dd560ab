import { quantile } from '../statistics.ts'
import type { Policy } from './policies.ts'
import type { Figures } from './simulate.ts'

const heads = ['', 'answered', 'calls a request', 'USD per 1,000', 'first token p50', 'p99', 'bad tool calls'] as const
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** The header of the table in Markdown. */
export const tableHead: readonly string[] = [line(heads), line(heads.map((head) => (head === '' ? '---' : '---:')))]

export function tableRow({ name }: Policy, figures: Figures): string {
  const { requests, answered, calls, cost, firstTokens, toolAnswers, badToolAnswers } = figures
  return line([
    name,
    percent(answered / requests),
    (calls / requests).toFixed(2),
    ((cost / 1e9 / answered) * 1000).toFixed(3),
    seconds(quantile(firstTokens, 0.5)),
    seconds(quantile(firstTokens, 0.99)),
    percent(badToolAnswers / toolAnswers),
  ])
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

const begin = '<!-- npm run bench:routing -- --write: begin -->'
const end = '<!-- npm run bench:routing -- --write: end -->'

/** Returns the page with this table in place of the one between its markers. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`The page has lost the marks around its table, ${begin} and ${end}.`)
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`
}
