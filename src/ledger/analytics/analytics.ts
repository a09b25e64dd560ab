import { GatewayError } from '../../canonical/errors.ts'
import type {
  AnalyticsCondition,
  AnalyticsStep,
  AnalyticsStore,
  Measure,
} from '../../storage/stores/analytics-store.ts'
import type { AccountPeriod, UsageDimension } from '../../storage/stores/usage-store.ts'
import type { Clock } from '../../util/clock.ts'
import type { Journal } from '../journal/journal.ts'
import { emptiedSoon } from '../journal/emptied-soon.ts'
import { type MetricName, metrics } from './metrics.ts'

export const granularities = ['minute', 'hour', 'day', 'week', 'month'] as const satisfies readonly AnalyticsStep[]

/** A question about what an account used. */
export interface AnalyticsQuestion extends AccountPeriod {
  readonly metrics: readonly MetricName[]
  readonly granularity: AnalyticsStep | null
  readonly dimensions: readonly UsageDimension[]
  readonly conditions: readonly AnalyticsCondition[]
}

/** A row of the answer. */
export interface AnalyticsAnswer {
  /** The Unix milliseconds at which the step begins; null without a granularity. */
  readonly at: number | null
  /** The values of the dimensions, in the order of the question. Empty stands for none. */
  readonly values: readonly string[]
  readonly metrics: ReadonlyMap<MetricName, number | null>
}

/** How long a question may take. */
const limitMs = 10_000
/** The most rows before the answer is cut: more of them would take too much memory. */
const mostRows = 100_000

interface Group {
  readonly at: number | null
  readonly values: readonly string[]
  readonly sums: Partial<Record<Measure, number>>
}

/** Answers questions about what accounts used, from the sums that are kept while generations are written. */
export class Analytics {
  readonly #store: AnalyticsStore
  readonly #journal: Pick<Journal, 'emptied'>
  readonly #clock: Clock

  constructor(store: AnalyticsStore, journal: Pick<Journal, 'emptied'>, clock: Clock) {
    this.#store = store
    this.#journal = journal
    this.#clock = clock
  }

  /**
   * Returns all rows, in no order.
   * @throws GatewayError 408 where it takes too long, 400 where there are too many rows
   */
  async answer(question: AnalyticsQuestion): Promise<readonly AnalyticsAnswer[]> {
    const deadline = this.#clock.monotonic() + limitMs
    await emptiedSoon(this.#journal)
    const { granularity, metrics: names } = question
    const measures = [...new Set(names.flatMap((name): readonly Measure[] => metrics[name].measures))]
    const groups = new Map<string, Group>()
    const query = { ...question, step: granularity, measures, mostRows: mostRows + 1 }
    for await (const rows of this.#store.addUp(query)) {
      for (const row of rows) add(groups, row)
      if (groups.size > mostRows) {
        throw new GatewayError(
          'invalid_request',
          `There are more than ${mostRows} rows. Ask for a shorter time_range, a longer granularity or fewer dimensions, or add filters.`,
        )
      }
      if (this.#clock.monotonic() > deadline) {
        throw new GatewayError(
          'timeout',
          `The query took longer than ${limitMs / 1000} seconds. Ask for a shorter time_range or fewer dimensions.`,
        )
      }
    }
    return [...groups.values()].map(({ at, values, sums }) => ({
      at,
      values,
      metrics: new Map(names.map((name) => [name, metrics[name].of(sums)])),
    }))
  }
}

function add(groups: Map<string, Group>, { at, values, sums }: Group): void {
  const id = [at, ...values].join('\0')
  const known = groups.get(id)
  if (known === undefined) {
    groups.set(id, { at, values, sums: { ...sums } })
    return
  }
  for (const [measure, value] of measuresOf(sums)) known.sums[measure] = (known.sums[measure] ?? 0) + value
}

function measuresOf(sums: Group['sums']): readonly (readonly [Measure, number])[]
function measuresOf(sums: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(sums)
}
