import { fieldNames } from '../../canonical/record-fields.ts'
import type { KeptGeneration } from '../../canonical/record-text.ts'
import { cutText } from '../../util/cut-text.ts'
import { startOfDay, startOfHour } from '../../util/utc-periods.ts'
import { type Detail, detailNames, type Histogram, histograms } from '../stores/usage-details.ts'
import { recordBytes } from './record-bytes.ts'

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
  /** What calls with keys that accounts brought for providers cost at the list price. It is no part of `cost`. */
  byokCost: ({ upstreamCost }) => upstreamCost,
  /** The time to the first content, of those generations that have one. */
  latency: ({ latency }) => latency ?? 0,
  latencyRequests: ({ latency }) => (latency === null ? 0 : 1),
  generationTime: ({ generationTime }) => generationTime,
  /** The room that the rows of the generation take, about, in bytes. */
  bytes: recordBytes,
} as const satisfies Readonly<Record<string, (generation: KeptGeneration) => number>>

export type Sum = keyof typeof sumOf
export type Sums = Readonly<Record<Sum | 'lastUsedAt', number>>
export type DetailSums = Readonly<Record<Detail, number>>

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

/** The summaries that analytics reads. They add up the details too. */
export const detailedTables = ['hourlyUsage', 'dailyUsage', 'dailyKeyUsage'] as const satisfies readonly SummaryTable[]
export type DetailedTable = (typeof detailedTables)[number]
const isDetailed = (table: SummaryTable): table is DetailedTable => detailedTables.some((name) => name === table)

export type SummaryRow<Table extends SummaryTable> = Pick<Dimensions, (typeof keys)[Table][number]> &
  Sums &
  (Table extends DetailedTable ? DetailSums : unknown)

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
const sumNames = fieldNames(sumOf)

const latest = 'lastUsedAt'
const summaries: readonly Summary[] = fieldNames(keys).map((table) => ({
  table,
  key: keys[table],
  columns: [...keys[table], ...(isDetailed(table) ? detailNames : []), ...sumNames, latest],
  latest,
}))

/** The longest text of a dimension. An index of PostgreSQL takes 2,704 bytes a row, and callers choose some of these texts. */
const longestText = 200
const cut = (text: string | null): string => (text === null ? '' : cutText(text, longestText))

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

/** Generations that have some dimensions in common, added up. */
interface Group {
  readonly dimensions: Dimensions
  /** The details and the sums in the order of their columns. The last one is the time of the latest generation. */
  readonly values: number[]
}

const groupOf = (generation: KeptGeneration): Group => ({
  dimensions: dimensionsOf(generation),
  values: [...detailsOf(generation), ...sumNames.map((name) => sumOf[name](generation)), generation.createdAt],
})

const noDetails: readonly number[] = detailNames.map(() => 0)

/** The place of the first bucket of each histogram among the details. */
const firstBucket: Readonly<Record<Histogram, number>> = {
  latency: detailNames.indexOf('latencyBelow50'),
  answerTime: detailNames.indexOf('answerTimeBelow100'),
}
const places = {
  webCost: detailNames.indexOf('webCost'),
  fileCost: detailNames.indexOf('fileCost'),
  answerTime: detailNames.indexOf('answerTime'),
}

/** Returns the details of a generation, in the order of their names. Nearly all of them are 0, so only the others are computed. */
function detailsOf({ fees, latency, generationTime }: KeptGeneration): readonly number[] {
  const details = noDetails.slice()
  const add = (place: number, amount: number): void => {
    details[place] = (details[place] ?? 0) + amount
  }
  for (const { unit, amount } of fees) {
    if (unit === 'search' || unit === 'fetch') add(places.webCost, amount)
    else if (unit === 'parsed-page') add(places.fileCost, amount)
  }
  if (latency === null) return details
  add(places.answerTime, generationTime)
  add(placeOfBucket('latency', latency), 1)
  add(placeOfBucket('answerTime', generationTime), 1)
  return details
}

function placeOfBucket(histogram: Histogram, value: number): number {
  const limits: readonly number[] = histograms[histogram]
  const index = limits.findIndex((limit) => value < limit)
  return firstBucket[histogram] + (index === -1 ? limits.length : index)
}

const finest: readonly (keyof Dimensions)[] = [...keys.hourlyUsage, 'endpoint']

/**
 * Adds up generations for every summary: the rows that are to be added to those that are there. Those that agree in everything are added up
 * first, since most generations of a batch are alike, and each summary has a map to look them up in.
 */
export function addUp(
  generations: readonly KeptGeneration[],
): readonly (readonly [summary: Summary, rows: readonly (readonly (string | number)[])[]])[] {
  const groups = [...merged(generations.map(groupOf), finest).values()]
  return summaries.map((summary) => {
    const key: readonly (keyof Dimensions)[] = keys[summary.table]
    // Always in the same order, so that two processes that write the same rows wait for each other and never block each other.
    const ordered = [...merged(groups, key)].sort(([one], [other]) => (one < other ? -1 : 1))
    return [
      summary,
      ordered.map(([, { dimensions, values }]) => [
        ...key.map((name) => dimensions[name]),
        ...(isDetailed(summary.table) ? values : values.slice(detailNames.length)),
      ]),
    ] as const
  })
}

/** Merges the groups that agree in these dimensions. */
function merged(groups: readonly Group[], key: readonly (keyof Dimensions)[]): ReadonlyMap<string, Group> {
  const result = new Map<string, Group>()
  for (const { dimensions, values } of groups) {
    let id = ''
    for (const name of key) id += `${dimensions[name]}\0`
    const known = result.get(id)
    if (known === undefined) result.set(id, { dimensions, values: values.slice() })
    else add(known.values, values)
  }
  return result
}

/** Adds values to those of a group. By index: this runs for each generation, and an iterator takes three times as long. */
function add(sums: number[], values: readonly number[]): void {
  const last = values.length - 1
  for (let index = 0; index < last; index++) sums[index] = (sums[index] ?? 0) + (values[index] ?? 0)
  sums[last] = Math.max(sums[last] ?? 0, values[last] ?? 0)
}
