import { fieldNames } from '../../canonical/record-fields.ts'
import type { KeptGeneration } from '../../canonical/record-text.ts'
import { cutText } from '../../util/cut-text.ts'
import { startOfDay, startOfHour } from '../../util/utc-periods.ts'
import { recordBytes } from './record-bytes.ts'
import { storable } from './record-tables.ts'

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
  toolCost: ({ toolCost }) => toolCost,
  /** The part of `cost` that was spent on credentials of the caller's own. */
  byokCost: ({ isByok, cost }) => (isByok ? cost : 0),
  /** The time to the first content, of those generations that have one. */
  latency: ({ latency }) => latency ?? 0,
  latencyRequests: ({ latency }) => (latency === null ? 0 : 1),
  generationTime: ({ generationTime }) => generationTime,
  /** The room that the rows of the generation take, about, in bytes. */
  bytes: recordBytes,
} as const satisfies Readonly<Record<string, (generation: KeptGeneration) => number>>

export type Sum = keyof typeof sumOf
export type Sums = Readonly<Record<Sum | 'lastUsedAt', number>>

/** The tables of the summaries, by what they are grouped by: a row is the sum of the generations that have the same dimensions. */
const keys = {
  hourlyUsage: ['account', 'hour', 'keyHash', 'model', 'provider', 'app', 'externalUser'],
  hourlyTotal: ['hour'],
  dailyUsage: ['account', 'day', 'model', 'endpoint', 'provider'],
  dailyKeyUsage: ['keyHash', 'day', 'model', 'endpoint', 'provider', 'account'],
  dailyKeyTotal: ['keyHash', 'day', 'account'],
  keyTotal: ['keyHash', 'account'],
  endpointTotal: ['model', 'endpoint', 'provider'],
} as const satisfies Readonly<Record<string, readonly (keyof Dimensions)[]>>

export type SummaryTable = keyof typeof keys
export type SummaryRow<Table extends SummaryTable> = Pick<Dimensions, (typeof keys)[Table][number]> & Sums

/** A summary. */
export interface Summary {
  readonly table: SummaryTable
  /** The columns of its primary key. */
  readonly key: readonly string[]
  /** All columns. They are added up, but for those of the key. */
  readonly columns: readonly string[]
  /** The column that keeps the larger value instead. */
  readonly latest: string
}

/** The sums that every summary has. */
export const sumNames = fieldNames(sumOf)

const latest = 'lastUsedAt'
export const summaries: readonly Summary[] = fieldNames(keys).map((table) => ({
  table,
  key: keys[table],
  columns: [...keys[table], ...sumNames, latest],
  latest,
}))

/** The longest text of a dimension. An index of PostgreSQL takes 2,704 bytes a row, and callers choose some of these texts. */
const longestText = 200
const cut = (text: string | null): string => (text === null ? '' : storable(cutText(text, longestText)))

const dimensionsOf = (generation: KeptGeneration): Dimensions => ({
  account: generation.account,
  keyHash: generation.keyHash,
  model: generation.endpoint === null && generation.attempts.length === 0 ? '' : cut(generation.model),
  provider: cut(generation.provider),
  endpoint: cut(generation.endpoint),
  app: cut(generation.httpReferer ?? generation.appTitle),
  externalUser: cut(generation.externalUser),
  hour: startOfHour(generation.createdAt),
  day: startOfDay(generation.createdAt),
})

type Row = (string | number)[]

/** Adds up generations for every summary: the rows that are to be added to those that are there. */
export function addUp(generations: readonly KeptGeneration[]): readonly [summary: Summary, rows: readonly Row[]][] {
  const entries = generations.map((generation) => ({
    dimensions: dimensionsOf(generation),
    values: [...sumNames.map((name) => sumOf[name](generation)), generation.createdAt],
  }))
  return summaries.map((summary) => {
    const rows = new Map<string, { readonly key: Row; readonly values: number[] }>()
    for (const { dimensions, values } of entries) {
      const key = keys[summary.table].map((name) => dimensions[name])
      const id = key.join('\0')
      const row = rows.get(id)
      if (row === undefined) rows.set(id, { key, values: [...values] })
      else add(row.values, values)
    }
    // Always in the same order, so that two processes that write the same rows wait for each other and never block each other.
    const ordered = [...rows].sort(([one], [other]) => (one < other ? -1 : 1))
    return [summary, ordered.map(([, { key, values }]) => [...key, ...values])]
  })
}

/** Adds values to those of a row. The last one is the time of the latest generation. */
function add(row: number[], values: readonly number[]): void {
  const last = values.length - 1
  for (const [index, value] of values.entries()) {
    const before = row[index] ?? 0
    row[index] = index === last ? Math.max(before, value) : before + value
  }
}
