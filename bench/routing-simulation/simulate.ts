import { isContent } from '../../src/canonical/generation-event.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { Channel } from '../../src/util/channel.ts'
import { contextOf } from '../../src/canonical/testing/context-of.ts'
import { unlimitedHold } from '../../src/canonical/hold.ts'
import type { GenerationRequest } from '../../src/canonical/generation-request.ts'
import type { Usage } from '../../src/canonical/usage.ts'
import { buildCatalog } from '../../src/catalog/build-catalog.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { priceUsage } from '../../src/ledger/price-usage.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import { type CallPlan, attemptLoop, type AttemptDependencies } from '../../src/attempts/attempt-loop.ts'
import type { CallEndpoint } from '../../src/health/candidate.ts'
import { createRouter, type Router } from '../../src/router/create-router.ts'
import { Stickiness } from '../../src/router/stickiness.ts'
import type { EndpointHealth, HealthView, ReplyView } from '../../src/health/endpoint-health.ts'
import { createEndpointHealth } from '../../src/health/create-endpoint-health.ts'
import { TokenCalibration } from '../../src/health/token-calibration.ts'
import { referencesTo } from '../../src/health/testing/watched-endpoints.ts'
import { Hedges } from '../../src/attempts/hedges.ts'
import { prepareAttempt } from '../../src/attempts/prepare-attempt.ts'
import type { Route } from '../../src/router/route.ts'
import { watchToolCalls } from '../../src/attempts/interceptors/watch-tool-calls.ts'
import { seededChance } from '../../src/util/seeded-chance.ts'
import { sleep } from '../../src/util/sleep.ts'
import { HostBehaviour } from './host-behaviour.ts'
import { hosts } from './hosts.ts'
import type { Policy } from './policies.ts'
import { createSimulatedCall, toolName } from './simulated-call.ts'
import { VirtualTime } from './virtual-time.ts'

/** The results of the requests that a policy routed. */
export interface Figures {
  requests: number
  answered: number
  calls: number
  /** The answers with tool calls, and how many of them had invalid calls. */
  toolAnswers: number
  badToolAnswers: number
  /** The cost of all answers in nano-USD. */
  cost: number
  /** The milliseconds from each answered request to its first token. */
  readonly firstTokens: number[]
}

const requestsPerSecond = 5
/** One request in this many belongs to another client, which leaves the choice to the gateway. It is not counted in the figures. */
const othersEvery = 5
const seed = 7
const model = 'acme/m1'
const caller = { account: 'default', keyHash: '' }
const hedge = { at: 'p95', budget: 0.05 } as const

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

const nothingKnown: HealthView & ReplyView = { state: () => null, isBenched: () => false, replyTime: () => null }

/** Simulates some minutes of traffic: the gateway's own router and attempt loop over simulated hosts, with the default configuration. */
export function simulate(policy: Policy, minutes = 60): Promise<Figures> {
  return new Simulation(policy).play(minutes * 60_000)
}

class Simulation {
  readonly #time = new VirtualTime()
  readonly #begunAt = this.#time.monotonic()
  readonly #chance = seededChance(seed)
  readonly #policy: Policy
  readonly #watch: EndpointHealth
  readonly #router: Router
  readonly #call: CallEndpoint
  readonly #dependencies: AttemptDependencies
  readonly #figures = emptyFigures()

  constructor(policy: Policy) {
    const clock = this.#time
    const chance = seededChance(seed)
    this.#policy = policy
    this.#watch = createEndpointHealth({
      clock,
      facts: memoryState().facts,
      outageWindowMs: 30_000,
      probeIntervalMs: 10_000,
    })
    const health = policy.forgets === true ? nothingKnown : this.#watch
    this.#router = createRouter({
      clock,
      chance,
      health,
      price,
      catalog: () => catalog,
      credentials: referencesTo,
      ownKeys: () => null,
      defaultModel: null,
      adviceFor: () => null,
      mostCalls: 16,
      routerModels: { auto: {}, codingScores: {} },
      stickiness: new Stickiness({ clock, ttlMs: 600_000, facts: memoryState().facts }),
      calibration: new TokenCalibration(),
    })
    const behaving = new Map(
      hosts.map((host, index) => [host.slug, { host, behaviour: new HostBehaviour(host, seededChance(index)) }]),
    )
    this.#call = createSimulatedCall(behaving, this.#watch, this.#time, this.#begunAt)
    this.#dependencies = {
      clock,
      chance,
      firstTokenMs: 60_000,
      mostCalls: 16,
      health,
      hedges: new Hedges(new Map(policy.hedged === true ? hosts.map(({ slug }) => [slug, hedge]) : [])),
      happenings: new Channel(),
      price,
    }
  }

  /** Sends requests that are independent of one another, half of them with a tool. */
  async play(lastsMs: number): Promise<Figures> {
    const own = [requestOf(this.#policy.provider, false), requestOf(this.#policy.provider, true)]
    const others = [requestOf({}, false), requestOf({}, true)]
    const unwatched = emptyFigures()
    await this.#time.run(async () => {
      const running: Promise<void>[] = []
      for (let count = 0; ; count++) {
        await sleep((-Math.log(1 - this.#chance()) * 1000) / requestsPerSecond, nobodyLeaves)
        if (this.#passed() >= lastsMs) break
        const isOther = this.#policy.alone !== true && count % othersEvery === 0
        for (const request of (isOther ? others : own).slice(count % 2, (count % 2) + 1)) {
          running.push(this.#serve(request, isOther ? unwatched : this.#figures))
        }
      }
      await Promise.all(running)
    })
    return this.#figures
  }

  async #serve(request: GenerationRequest, figures: Figures): Promise<void> {
    const begunAt = this.#time.monotonic()
    const context = contextOf(this.#time)
    figures.requests++
    const route = this.#router.route(request, this.#router.resolve(request, caller), caller)
    const turn = await attemptLoop(route, this.#callPlan(request, route, figures), context, this.#dependencies)
    figures.calls += context.attempts.length
    if (turn.type === 'exhausted') return
    figures.firstTokens.push(this.#time.monotonic() - begunAt)
    const { endpoint } = turn.candidate
    const reportUsage = this.#router.feedback(route, endpoint)
    for await (const batch of turn.rest) {
      const last = batch.at(-1)
      if (last?.type !== 'call-end') continue
      reportUsage(last.usage)
      figures.answered++
      figures.cost += price(last.usage, endpoint, context.createdAt)
    }
  }

  #callPlan(request: GenerationRequest, { choices }: Route, figures: Figures): CallPlan {
    const call = watchToolCalls(this.#call, {
      reportToolCalls: (endpointId, good) => {
        figures.toolAnswers++
        if (!good) figures.badToolAnswers++
        this.#watch.reportToolCalls(endpointId, good)
      },
    })
    return {
      call: (candidate, signal, patience) =>
        call(candidate, prepareAttempt(request, candidate.endpoint, choices), signal, patience),
      hold: unlimitedHold,
      commits: isContent,
      streams: () => request.stream,
      maxTokens: request.parameters.maxTokens,
      reasoning: request.parameters.reasoning,
      reportsTier: false,
      calls: () => 1,
    }
  }

  /** Returns the milliseconds since the hour began. */
  #passed(): number {
    return this.#time.monotonic() - this.#begunAt
  }
}

const emptyFigures = (): Figures => ({
  requests: 0,
  answered: 0,
  calls: 0,
  toolAnswers: 0,
  badToolAnswers: 0,
  cost: 0,
  firstTokens: [],
})

const nobodyLeaves = new AbortController().signal

function requestOf(provider: Policy['provider'], usesTools: boolean): GenerationRequest {
  const tools = [{ type: 'function', function: { name: toolName, parameters: { type: 'object' } } }]
  const messages = [{ role: 'user', content: 'Is it?' }]
  const body = { model, messages, stream: true, max_tokens: 512, provider, ...(usesTools && { tools }) }
  return chatCompletionsClient.decodeRequest(body, { 'content-length': '1600' })
}
