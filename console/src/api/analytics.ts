import type { UseQueryResult } from '@tanstack/react-query'
import { useCall } from './use-call.ts'
import type { Reply } from './call.ts'

/** The measures of the console, by their names in the API. */
const allMeasures = [
  'total_usage',
  'request_count',
  'tokens_total',
  'error_rate',
  'time_to_first_token_p50',
  'time_to_first_token_p95',
  'throughput',
  'cache_hit_rate',
] as const
export type Measure = (typeof allMeasures)[number]

export type Dimension = 'model' | 'provider' | 'api_key_id' | 'app' | 'user'

export type Granularity = 'minute' | 'hour' | 'day' | 'week'

/** A stretch of time in Unix milliseconds. */
export interface Period {
  readonly start: number
  readonly end: number
}

interface Question {
  readonly period: Period
  readonly measures?: readonly Measure[]
  readonly dimension?: Dimension
  readonly granularity?: Granularity
}

interface Options {
  readonly enabled?: boolean
  readonly everyMs?: number
}

/** Reads sums over a stretch of time: as a whole, by step, by dimension, or by both. */
export function useAnalytics(
  { period, measures = allMeasures, dimension, granularity }: Question,
  options: Options = {},
): UseQueryResult<Reply<'POST /analytics/query'>> {
  return useCall(
    'POST /analytics/query',
    {
      body: {
        metrics: [...measures],
        dimensions: dimension === undefined ? [] : [dimension],
        ...(granularity !== undefined && { granularity }),
        time_range: { start: new Date(period.start).toISOString(), end: new Date(period.end).toISOString() },
      },
    },
    { keeps: true, ...options },
  )
}

/** Reads a number of a row; null where there is none. */
export function numberIn(row: Readonly<Record<string, unknown>> | undefined, name: string): number | null {
  const value = row?.[name]
  if (typeof value === 'number') return value
  // Sums beyond the precision of numbers may come as text.
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : null
}

/** Reads a text of a row; null where it is not set. */
export function textIn(row: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = row[name]
  return typeof value === 'string' && value !== '' ? value : null
}
