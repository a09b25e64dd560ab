/**
 * The upper limits of the buckets of each histogram, in milliseconds. A bucket counts what is below its limit and not below the one before;
 * a last one counts the rest. They are close where replies usually are. Other limits need a migration.
 */
export const histograms = {
  /** The time to the first content. */
  latency: [50, 100, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 15_000, 30_000],
  /** The whole time of generations that have content. */
  answerTime: [
    100, 250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000,
  ],
} as const

export type Histogram = keyof typeof histograms
/** The name of a bucket, by its limit: it is a column of the summaries. */
export type Bucket = {
  [Name in Histogram]: `${Name}Below${(typeof histograms)[Name][number]}` | `${Name}More`
}[Histogram]

const bucketNames = <Name extends Histogram, Limit extends number>(name: Name, limits: readonly Limit[]) =>
  [...limits.map((limit) => `${name}Below${limit}` as const), `${name}More` as const] as const

/** The buckets of each histogram, in order. */
export const buckets: Readonly<Record<Histogram, readonly Bucket[]>> = {
  latency: bucketNames('latency', histograms.latency),
  answerTime: bucketNames('answerTime', histograms.answerTime),
}

/** What is added up for analytics alone. Amounts are in nano-USD, durations in milliseconds. */
export const detailNames = [
  /** The fees for searches and pages of the web, and those for reading documents. Both are parts of the tool cost. */
  'webCost',
  'fileCost',
  /** The whole time of generations that have content. */
  'answerTime',
  ...buckets.latency,
  ...buckets.answerTime,
] as const

export type Detail = (typeof detailNames)[number]
