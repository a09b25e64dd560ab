import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { cutText } from '../../util/cut-text.ts'
import { startOfDay, startOfHour } from '../../util/utc-periods.ts'
import { recordBytes } from './record-bytes.ts'
import { storable } from './rows.ts'
import type { SumRows } from './written-rows.ts'

/** What a summary can be grouped by. An empty text stands for none. */
export interface Dimensions {
  readonly account: string
  readonly keyHash: string
  /** The model that served, or was asked for. Empty where no call was made, since the name may then be any text of a caller. */
  readonly model: string
  readonly provider: string
  readonly endpoint: string
  /** The address of the application that made the request, or its title. */
  readonly app: string
  readonly externalUser: string
  /** The Unix milliseconds at which the UTC hour and day begin. */
  readonly hour: number
  readonly day: number
}

/** What every summary adds up, from each generation. Amounts are in nano-USD, durations in milliseconds. */
const sumOf = {
  requests: () => 1,
  failures: ({ errorKind }) => (errorKind === null ? 0 : 1),
  promptTokens: ({ promptTokens }) => promptTokens ?? 0,
  completionTokens: ({ completionTokens }) => completionTokens ?? 0,
  reasoningTokens: ({ reasoningTokens }) => reasoningTokens ?? 0,
  cachedTokens: ({ cachedTokens }) => cachedTokens ?? 0,
  cost: ({ cost }) => cost,
  promptCost: ({ promptCost }) => promptCost,
  completionCost: ({ completionCost }) => completionCost,
  otherCost: ({ otherCost }) => otherCost,
  /** The part of `cost` that was spent on credentials of the caller's own. */
  byokCost: ({ isByok, cost }) => (isByok ? cost : 0),
  /** The time to the first content, of those generations that have one. */
  latency: ({ latency }) => latency ?? 0,
  latencyRequests: ({ latency }) => (latency === null ? 0 : 1),
  generationTime: ({ generationTime }) => generationTime,
  /** The room that the rows of the generation take, about, in bytes. */
  bytes: recordBytes,
} as const satisfies Readonly<Record<string, (record: GenerationRecord) => number>>

export type Sum = keyof typeof sumOf
export type Sums = Readonly<Record<Sum | 'lastUsedAt', number>>

/** The summaries: each row of the table is the sum of the generations that have the same dimensions. */
export const summaries = {
  hourlyUsage: ['account', 'hour', 'keyHash', 'model', 'provider', 'app', 'externalUser'],
  hourlyTotal: ['hour'],
  dailyUsage: ['account', 'day', 'model', 'endpoint', 'provider'],
  dailyKeyUsage: ['keyHash', 'day', 'model', 'endpoint', 'provider', 'account'],
  dailyKeyTotal: ['keyHash', 'day', 'account'],
  keyTotal: ['keyHash', 'account'],
  modelTotal: ['model'],
} as const satisfies Readonly<Record<string, readonly (keyof Dimensions)[]>>

export type SummaryTable = keyof typeof summaries
export type SummaryRow<Table extends SummaryTable> = Pick<Dimensions, (typeof summaries)[Table][number]> & Sums

/** The longest text of a dimension. An index of PostgreSQL takes 2,704 bytes a row, and callers choose some of these texts. */
const longestText = 200
const cut = (text: string | null): string => (text === null ? '' : storable(cutText(text, longestText)))

const dimensionsOf = (record: GenerationRecord): Dimensions => ({
  account: record.account,
  keyHash: record.keyHash,
  model: record.endpoint === null && record.attempts.length === 0 ? '' : cut(record.model),
  provider: cut(record.provider),
  endpoint: cut(record.endpoint),
  app: cut(record.httpReferer ?? record.appTitle),
  externalUser: cut(record.externalUser),
  hour: startOfHour(record.createdAt),
  day: startOfDay(record.createdAt),
})

const sums = Object.values(sumOf)
const sumColumns = [...Object.keys(sumOf), 'lastUsedAt']

/** Adds up generations for every summary. */
export function sumRows(records: readonly GenerationRecord[]): readonly SumRows[] {
  const entries = records.map((record) => ({
    dimensions: dimensionsOf(record),
    values: [...sums.map((sum) => sum(record)), record.createdAt],
  }))
  return Object.entries(summaries).map(([table, key]) => {
    const rows = new Map<string, { readonly key: readonly (string | number)[]; readonly values: number[] }>()
    for (const { dimensions, values } of entries) {
      const parts = key.map((name) => dimensions[name])
      const id = parts.join('\u0000')
      const row = rows.get(id)
      if (row === undefined) rows.set(id, { key: parts, values: [...values] })
      else addTo(row.values, values)
    }
    return {
      table: table as SummaryTable,
      key,
      latest: ['lastUsedAt'],
      columns: [...key, ...sumColumns],
      // Always in the same order, so that two processes that write the same rows wait for each other and never block each other.
      rows: [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => [...row.key, ...row.values]),
    }
  })
}

/** Adds values to a row of sums, whose last column keeps the larger value. */
function addTo(row: number[], values: readonly number[]): void {
  const last = row.length - 1
  for (let index = 0; index < last; index++) row[index] = (row[index] ?? 0) + (values[index] ?? 0)
  row[last] = Math.max(row[last] ?? 0, values[last] ?? 0)
}
