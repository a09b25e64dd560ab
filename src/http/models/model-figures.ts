import { cheapestEndpoint } from '../../catalog/cheapest-endpoint.ts'
import type { Pricing } from '../../catalog/endpoint.ts'
import type { Model } from '../../catalog/model.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'

/** The facts besides the catalogue by which models are listed. */
export interface ModelFacts {
  readonly health: Pick<EndpointHealth, 'state' | 'statistics'>
  readonly usage: {
    ready(): Promise<void>
    requests(model: string): number | null
    weeklyTokens(model: string): number | null
  }
  /** The ISO country codes of a provider's data centers; empty where they are not known. */
  readonly datacenters: (provider: string) => readonly string[]
  /** The operator's settings about models: the best ones by task, and coding scores from 0 to 1 by slug. */
  readonly preferences: {
    readonly auto: Readonly<Record<string, readonly string[]>>
    readonly codingScores: Readonly<Record<string, number>>
  }
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

/** A figure of a model; null where it is not known. */
export type Figure = (model: Model, facts: ModelFacts) => number | null

const picoPerMillion = 1e6
const dayMs = 86_400_000

const unknown: Figure = () => null

/** Returns the prices that the listing shows: those of the cheapest endpoint, in pico-USD per token. */
const pricingOf = ({ endpoints }: Model): Pricing | undefined => cheapestEndpoint(endpoints)?.pricing

const usdPerMillion = (pico: number | undefined): number | null => (pico === undefined ? null : pico / picoPerMillion)

/** The figures by which models are sorted and filtered, in the units of the query. */
export const figures = {
  promptPrice: (model) => usdPerMillion(pricingOf(model)?.prompt),
  completionPrice: (model) => usdPerMillion(pricingOf(model)?.completion),
  averagePrice(model) {
    const pricing = pricingOf(model)
    return pricing === undefined ? null : (pricing.prompt + pricing.completion) / 2
  },
  context: (model) => model.contextLength ?? cheapestEndpoint(model.endpoints)?.contextLength ?? null,
  throughput: ({ endpoints }, { health }) =>
    extreme(
      Math.max,
      endpoints.map(({ id }) => health.statistics(id).throughputLast30m?.p50),
    ),
  latency: ({ endpoints }, { health }) =>
    extreme(
      Math.min,
      endpoints.map(({ id }) => health.statistics(id).latencyLast30m?.p50),
    ),
  requests: ({ slug }, { usage }) => usage.requests(slug),
  weeklyTokens: ({ slug }, { usage }) => usage.weeklyTokens(slug),
  created: ({ created }) => (created === 0 ? null : created),
  ageDays: ({ created }, { now }) => (created === 0 ? null : (now() - created * 1000) / dayMs),
  codingIndex({ slug }, { preferences: { codingScores } }) {
    return Object.hasOwn(codingScores, slug) ? (codingScores[slug] ?? 0) * 100 : null
  },
  // The gateway reads no source of these figures.
  intelligenceIndex: unknown,
  agenticIndex: unknown,
  designArenaElo: unknown,
  toolSuccess,
} as const satisfies Record<string, Figure>

function extreme(choose: (...numbers: number[]) => number, measured: readonly (number | undefined)[]): number | null {
  const known = measured.filter((figure) => figure !== undefined)
  return known.length === 0 ? null : choose(...known)
}

/** Returns the figure over all endpoints of which enough is known. */
function toolSuccess({ endpoints }: Model, { health }: ModelFacts): number | null {
  let calls = 0
  let good = 0
  for (const { id } of endpoints) {
    const state = health.state(id)
    if (state === null || state.toolSuccess === null) continue
    calls += state.toolRequests
    good += state.toolRequests * state.toolSuccess
  }
  return calls === 0 ? null : good / calls
}
