import type { Detail } from './usage-details.ts'
import type { AccountPeriod, UsageDimension, UsageSums } from './usage-store.ts'

/** What analytics adds up. */
export type Measure = Exclude<keyof UsageSums, 'lastUsedAt'> | Detail

/** A condition on a dimension of what is added up. An empty text stands for none. */
export type AnalyticsCondition =
  | {
      readonly dimension: UsageDimension
      readonly operator: 'in' | 'not in'
      readonly values: readonly string[]
      /** Whether rows are included that have no value. */
      readonly includeUnset: boolean
    }
  | { readonly dimension: UsageDimension; readonly operator: '>' | '>=' | '<' | '<='; readonly value: string }

/** The steps into which the rows of a period are divided. */
export type AnalyticsStep = 'minute' | 'hour' | 'day' | 'week' | 'month'

/** The period begins and ends with a UTC hour, or with a minute where that is the step. */
export interface AnalyticsQuery extends AccountPeriod {
  /** Null: the period is one. */
  readonly step: AnalyticsStep | null
  readonly dimensions: readonly UsageDimension[]
  readonly conditions: readonly AnalyticsCondition[]
  readonly measures: readonly Measure[]
  /** The most rows of one piece. Where a piece has more, which of them are left out is not defined. */
  readonly mostRows: number
}

/** What was added up for one step and some values of the dimensions. */
export interface AnalyticsRow {
  /** The Unix milliseconds at which the step begins; null where the period is one. */
  readonly at: number | null
  /** The values of the dimensions, in the order of the query. Empty stands for none. */
  readonly values: readonly string[]
  readonly sums: Readonly<Partial<Record<Measure, number>>>
}

/** The store of sums for analytics. */
export interface AnalyticsStore {
  /**
   * Adds up a period a piece at a time, so that a long one does not hold up others, and its reader can end it. The rows of one piece
   * differ in their step or values; rows of several pieces may have the same.
   */
  addUp(query: AnalyticsQuery): AsyncIterable<readonly AnalyticsRow[]>
}
