import { quantile } from '../statistics.ts'
import { type Policy, policies } from './policies.ts'
import { type Figures, simulate } from './simulate.ts'

const heads = ['', 'answered', 'calls a request', 'USD per 1,000', 'first token p50', 'p99', 'bad tool calls'] as const

/** An hour of every policy, as a table in Markdown: always the same, some ten seconds of CPU. */
export async function routingTable(): Promise<string> {
  const lines = [line(heads), line(heads.map((head) => (head === '' ? '---' : '---:')))]
  for (const policy of policies) lines.push(line(cells(policy, await simulate(policy))))
  return lines.join('\n')
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function cells({ name }: Policy, figures: Figures): readonly string[] {
  const { requests, answered, calls, cost, firstTokens, toolAnswers, badToolAnswers } = figures
  return [
    name,
    percent(answered / requests),
    (calls / requests).toFixed(2),
    ((cost / 1e9 / answered) * 1000).toFixed(3),
    seconds(quantile(firstTokens, 0.5)),
    seconds(quantile(firstTokens, 0.99)),
    percent(badToolAnswers / toolAnswers),
  ]
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
