/** Measures, in this process, the cost of a choice among endpoints, with the bookkeeping for each call. */
import { buildCatalog } from '../src/catalog/build-catalog.ts'
import { chatCompletionsClient } from '../src/protocols/chat-completions/client.ts'
import { createRouter } from '../src/router/create-router.ts'
import { Stickiness } from '../src/router/stickiness.ts'
import { createEndpointHealth } from '../src/health/create-endpoint-health.ts'
import { TokenCalibration } from '../src/health/token-calibration.ts'
import { referencesTo } from '../src/health/testing/watched-endpoints.ts'
import { memoryState } from '../src/storage/shared-state/memory-state.ts'
import { systemClock } from '../src/util/clock.ts'
import { seededChance } from '../src/util/seeded-chance.ts'
import { median } from './statistics.ts'
import { conversation } from './traffic.ts'

export interface RoutingRow {
  readonly endpoints: number
  /** The microseconds of CPU for a decision and the reports of one call: the median over batches. */
  readonly decision: number
}

const batches = 200
const batchSize = 100
/** As a pessimistic guess, half of the endpoints' providers have two keys. */
const keysOf = (provider: string): number => (Number(provider.slice('prov-'.length)) % 2) + 1

export const measureRouting = (): RoutingRow[] => [1, 5, 10, 20, 40, 80].map(measure)

function measure(endpoints: number): RoutingRow {
  const providers = Array.from({ length: endpoints }, (_, index) => `prov-${index}`)
  const catalog = buildCatalog({
    entries: [
      {
        slug: 'acme/m1',
        contextLength: 128_000,
        endpoints: providers.map((provider, index) => ({
          provider,
          model: 'm1',
          pricing: { prompt: 1 + index / 10, completion: 2 + index / 10, inputCacheRead: 0.1 },
        })),
      },
    ],
    overrides: [],
    providers: providers.map((slug) => ({
      slug,
      name: slug,
      dataPolicy: { training: false, retention: 'none' },
      operations: ['chat'],
    })),
  })
  const references = new Map(providers.map((provider) => [provider, referencesTo(provider, keysOf(provider))]))
  const health = createEndpointHealth({
    clock: systemClock,
    facts: memoryState().facts,
    outageWindowMs: 30_000,
    probeIntervalMs: 10_000,
  })
  const router = createRouter({
    clock: systemClock,
    chance: seededChance(1),
    health,
    catalog: () => catalog,
    credentials: (provider) => references.get(provider) ?? [],
    ownKeys: () => null,
    defaultModel: null,
    adviceFor: () => null,
    mostCalls: 16,
    routerModels: { auto: {}, codingScores: {} },
    stickiness: new Stickiness({ clock: systemClock, ttlMs: 600_000, facts: memoryState().facts }),
    calibration: new TokenCalibration(),
    price: () => 0,
  })
  const body = { model: 'acme/m1', max_tokens: 512, messages: conversation(3) }
  const request = chatCompletionsClient.decodeRequest(body, { 'content-length': '1600' })

  const caller = { account: 'default', keyHash: '' }
  const decide = (): void => {
    const [first] = router.route(request, router.resolve(request, caller), caller).candidates
    if (first === undefined) throw new Error('the router refuses the bench’s request')
    const report = health.begin(first, { stream: true, maxTokens: 512 })
    report.answered()
    report.ended({ type: 'call-end', usage: { promptTokens: 400, completionTokens: 200 } })
  }
  const batch = (): number => {
    const begin = process.cpuUsage()
    for (let time = 0; time < batchSize; time++) decide()
    const { user, system } = process.cpuUsage(begin)
    return (user + system) / batchSize
  }
  // The first half lets the compiler optimise, and is discarded.
  return { endpoints, decision: median(Array.from({ length: batches * 2 }, batch).slice(batches)) }
}
