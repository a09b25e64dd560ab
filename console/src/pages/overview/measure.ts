import type { Measure } from '../../api/analytics.ts'
import { money } from '../../format/money.ts'
import { compact, percent } from '../../format/number.ts'
import { duration } from '../../format/time.ts'

export interface Shown {
  readonly name: Measure
  readonly label: string
  readonly format: (value: number) => string
  /** A second measure that belongs to it, and is drawn beside it. */
  readonly beside?: { readonly name: Measure; readonly label: string }
  /** Whether more of it is better; null where it is neither. */
  readonly isMoreBetter: boolean | null
  /** Whether steps without requests have the value 0. */
  readonly isSum: boolean
}

const tokensASecond = (value: number): string => `${compact(value)} t/s`

/** What the chart shows where the address names nothing else. */
export const spend: Shown = { name: 'total_usage', label: 'Spend', format: money, isMoreBetter: null, isSum: true }

/** What the overview shows, in its order. */
export const shown: readonly Shown[] = [
  spend,
  { name: 'request_count', label: 'Requests', format: compact, isMoreBetter: null, isSum: true },
  { name: 'tokens_total', label: 'Tokens', format: compact, isMoreBetter: null, isSum: true },
  { name: 'error_rate', label: 'Errors', format: percent, isMoreBetter: false, isSum: false },
  {
    name: 'time_to_first_token_p50',
    label: 'First token p50',
    format: duration,
    beside: { name: 'time_to_first_token_p95', label: 'p95' },
    isMoreBetter: false,
    isSum: false,
  },
  { name: 'throughput', label: 'Throughput', format: tokensASecond, isMoreBetter: true, isSum: false },
  { name: 'cache_hit_rate', label: 'Cache hits', format: percent, isMoreBetter: true, isSum: false },
]
