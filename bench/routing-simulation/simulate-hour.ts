import { GenerationContext } from '../../src/canonical/generation-context.ts'
import type { GenerationRequest } from '../../src/canonical/generation-request.ts'
import type { Usage } from '../../src/canonical/usage.ts'
import { buildCatalog } from '../../src/catalog/build-catalog.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { priceUsage } from '../../src/ledger/price-usage.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import { type Ask, attemptLoop, type AttemptTools } from '../../src/router/attempt-loop.ts'
import type { CallEndpoint } from '../../src/router/candidate.ts'
import { createRouter, type Router } from '../../src/router/create-router.ts'
import type { EndpointHealth, HealthView } from '../../src/router/endpoint-health.ts'
import { createEndpointHealth } from '../../src/router/health/create-endpoint-health.ts'
import { Hedges } from '../../src/router/hedge.ts'
import { prepareAttempt } from '../../src/router/prepare-attempt.ts'
import { watchToolCalls } from '../../src/router/watch-tool-calls.ts'
import { seededChance } from '../../src/util/seeded-chance.ts'
import { sleep } from '../../src/util/sleep.ts'
import { HostBehaviour } from './host-behaviour.ts'
import { hosts } from './hosts.ts'
import type { Policy } from './policies.ts'
import { createSimulatedCall, toolName } from './simulated-call.ts'
import { VirtualTime } from './virtual-time.ts'

/** What came of one policy. */
export interface Figures {
  readonly requests: number
  readonly answered: number
  readonly calls: number
  /** Answers that called tools, and those of them that did it wrong. */
  readonly toolAnswers: number
  readonly badToolAnswers: number
  /** Nano-USD, of all answers. */
  readonly cost: number
  /** Milliseconds from each answered request to its first token. */
  readonly firstTokens: readonly number[]
}

const requestsPerSecond = 5
const seed = 7
const model = 'acme/m1'
const account = 'default'

const catalog = buildCatalog({
  entries: [
    {
      slug: model,
      contextLength: 128_000,
      endpoints: hosts.map(({ slug, price }) => ({
        provider: slug,
        model: 'm1',
        pricing: { prompt: price, completion: 3 * price },
      })),
    },
  ],
  overrides: [],
  providers: hosts.map(({ slug }) => ({
    slug,
    name: slug,
    dataPolicy: { training: false, retention: 'none' },
    operations: ['chat'],
  })),
})

const price = (usage: Usage, { pricing }: Endpoint, at: number): number => priceUsage(usage, pricing, 'stop', at).total

const nothingKnown: HealthView = { state: () => null, isBenched: () => false }

/** Plays traffic of some minutes: the gateway's own router and attempt loop over simulated hosts, with the defaults of the configuration. */
export function simulate(policy: Policy, minutes = 60): Promise<Figures> {
  return new Simulation(policy).play(minutes * 60_000)
}

class Simulation {
  readonly #time = new VirtualTime()
  readonly #begunAt = this.#time.monotonic()
  readonly #chance = seededChance(seed)
  readonly #requests: readonly GenerationRequest[]
  readonly #router: Router
  readonly #call: CallEndpoint
  readonly #tools: AttemptTools
  readonly #figures = { requests: 0, answered: 0, calls: 0, toolAnswers: 0, badToolAnswers: 0, cost: 0 }
  readonly #firstTokens: number[] = []

  constructor({ provider, hedged, remembers }: Policy) {
    const clock = this.#time
    const watch = createEndpointHealth({ clock, outageWindowMs: 30_000, probeIntervalMs: 10_000 })
    const health = remembers ? watch : nothingKnown
    const chance = seededChance(seed)
    this.#requests = [requestOf(provider, false), requestOf(provider, true)]
    this.#router = createRouter({
      clock,
      chance,
      health,
      price,
      catalog: () => catalog,
      credentials: () => 1,
      defaultModel: null,
      routerModels: { auto: {}, codingScores: {} },
      stickyTtlMs: 600_000,
    })
    const behaving = new Map(
      hosts.map((host, index) => [host.slug, { host, behaviour: new HostBehaviour(host, seededChance(index)) }]),
    )
    const call = createSimulatedCall(behaving, watch, () => this.#passed())
    this.#call = watchToolCalls(call, { reportToolCalls: this.#countTools(watch) })
    const hedge = { at: 'p95', budget: 0.05 } as const
    this.#tools = {
      clock,
      chance,
      totalMs: 600_000,
      firstTokenMs: 60_000,
      health,
      hedges: new Hedges(new Map(hedged ? hosts.map(({ slug }) => [slug, hedge]) : [])),
      price,
    }
  }

  async play(lastsMs: number): Promise<Figures> {
    const arrivals = this.#arrive(lastsMs)
    await this.#time.run()
    await arrivals
    return { ...this.#figures, firstTokens: this.#firstTokens }
  }

  /** Requests that know nothing of one another, half of them with a tool. */
  async #arrive(lastsMs: number): Promise<void> {
    const running: Promise<void>[] = []
    for (;;) {
      await sleep((-Math.log(1 - this.#chance()) * 1000) / requestsPerSecond, nobodyLeaves)
      if (this.#passed() >= lastsMs) break
      const request = this.#requests[this.#figures.requests % this.#requests.length]
      if (request !== undefined) running.push(this.#serve(request))
    }
    await Promise.all(running)
  }

  async #serve(request: GenerationRequest): Promise<void> {
    const begunAt = this.#time.monotonic()
    const context = new GenerationContext({
      id: `gen-${this.#figures.requests}`,
      requestId: `req-${this.#figures.requests}`,
      payer: { keyHash: 'key', account },
      signal: nobodyLeaves,
      createdAt: this.#time.now(),
      startedAt: begunAt,
    })
    this.#figures.requests++
    const route = this.#router.route(request, account)
    const ask: Ask = {
      call: (candidate, signal, patience) =>
        this.#call(candidate, prepareAttempt(request, candidate.endpoint, route.choices), signal, patience),
      stream: request.stream,
      reasoning: request.parameters.reasoning,
      tellsTier: false,
    }
    const turn = await attemptLoop(route, ask, context, this.#tools)
    this.#figures.calls += context.attempts.length
    if (turn.candidate === null) return
    this.#firstTokens.push(this.#time.monotonic() - begunAt)
    const { endpoint } = turn.candidate
    const learn = this.#router.learn(route, endpoint)
    for await (const batch of turn.rest) {
      const last = batch.at(-1)
      if (last?.type !== 'end') continue
      learn(last.usage)
      this.#figures.answered++
      this.#figures.cost += price(last.usage, endpoint, context.createdAt)
    }
  }

  #countTools(health: EndpointHealth): EndpointHealth['reportToolCalls'] {
    return (endpointId, good) => {
      this.#figures.toolAnswers++
      if (!good) this.#figures.badToolAnswers++
      health.reportToolCalls(endpointId, good)
    }
  }

  /** Milliseconds since the hour began. */
  #passed(): number {
    return this.#time.monotonic() - this.#begunAt
  }
}

const nobodyLeaves = new AbortController().signal

function requestOf(provider: Policy['provider'], usesTools: boolean): GenerationRequest {
  const tools = [{ type: 'function', function: { name: toolName, parameters: { type: 'object' } } }]
  const messages = [{ role: 'user', content: 'Is it?' }]
  const body = { model, messages, stream: true, max_tokens: 512, provider, ...(usesTools && { tools }) }
  return chatCompletionsClient.decodeRequest(body, { 'content-length': '1600' })
}
