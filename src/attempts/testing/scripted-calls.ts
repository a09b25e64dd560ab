import { type ErrorKind, GatewayError, type Retry } from '../../canonical/errors.ts'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import { contextOf } from '../../canonical/testing/context-of.ts'
import { type CallBatch, type CallStream, isContent } from '../../canonical/generation-event.ts'
import { type Hold, unlimitedHold } from '../../canonical/hold.ts'
import type { Usage } from '../../canonical/usage.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { Channel } from '../../util/channel.ts'
import { sleep } from '../../util/sleep.ts'
import { type CallPlan, attemptLoop, type AttemptDependencies } from '../attempt-loop.ts'
import type { Candidate, Patience } from '../../health/candidate.ts'
import type {
  Distribution,
  EndpointHealth,
  EndpointState,
  HealthView,
  ReplyView,
} from '../../health/endpoint-health.ts'
import { Hedges, type HedgeSettings } from '../hedges.ts'
import { template } from '../../health/testing/watched-endpoints.ts'

/** One step of a call: a wait in milliseconds, or a batch that it sends. After its last step it sends nothing more. */
export type Step = number | CallBatch

/** One call as it was made. Times are monotonic milliseconds. */
export interface Call {
  readonly candidate: Candidate
  readonly begunAt: number
  readonly patience: Patience
  readonly signal: AbortSignal
  /** When the wait for an answer was over: the call committed, failed or was aborted. Null while it runs. */
  settledAt: number | null
  /** How it failed; null where it did not fail. */
  failure: Retry | null
  abortedAt: number | null
  /** Whether its iteration was ended, by itself or by the reader. */
  isOver: boolean
}

export const endpointOf = (id: string, given: Partial<Endpoint> = {}): Endpoint => ({
  ...template,
  id,
  provider: id,
  providerName: id.toUpperCase(),
  ...given,
})

export const candidateOf = (endpoint: Endpoint, index = 0): Candidate => ({
  endpoint,
  credential: { provider: endpoint.provider, id: String(index), owner: 'gateway' },
})

export const sendsText = (text: string): CallBatch => [{ type: 'text-delta', choice: 0, text }]
export const spends = (promptTokens: number): CallBatch => [
  { type: 'usage', usage: { promptTokens, completionTokens: 0 } },
]
export const fails = (kind: ErrorKind, scope: Retry['scope'], afterMs?: number): CallBatch => [
  { type: 'error', error: new GatewayError(kind), retry: { scope, afterMs } },
]
export const answers = (text: string, afterMs = 0): readonly Step[] => [
  afterMs,
  sendsText(text),
  [{ type: 'call-end', usage: {} }],
]

/** Makes a distribution of calls that all took the same time; by default of enough calls to be used. */
export const usually = (ms: number, samples = 100): Distribution => ({
  samples,
  p50: ms,
  p75: ms,
  p90: ms,
  p95: ms,
  p99: ms,
})

export const stateOf = (given: Partial<EndpointState>): EndpointState => ({
  condition: 'stable',
  limitedUntil: 0,
  uptimeClass: 'normal',
  requests: 100,
  latency: null,
  usualLatency: null,
  throughput: null,
  toolRequests: 0,
  toolSuccess: null,
  ...given,
})

interface Script {
  readonly candidates: readonly Candidate[]
  /** By endpoint: the steps of its first call, of its second, and so on; the last is repeated. */
  readonly steps: Readonly<Record<string, readonly (readonly Step[])[]>>
  readonly states?: Readonly<Record<string, EndpointState>>
  /** Takes the place of the states, and measures the calls. */
  readonly health?: EndpointHealth
  readonly hedged?: Readonly<Record<string, HedgeSettings>>
  readonly stream?: boolean
  readonly maxTokens?: number
  readonly fallbacks?: boolean
  readonly totalMs?: number
  readonly mostCalls?: number
  readonly hold?: Hold<Endpoint>
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() }
const firstTokenMs = 100_000

/** An attempt loop over scripted calls; time is that of the test's timers. */
export class ScriptedCalls {
  readonly calls: Call[] = []
  readonly client = new AbortController()
  readonly context: GenerationContext
  readonly hedges: Hedges
  readonly #script: Script

  constructor(script: Script, hedges = new Hedges(new Map(Object.entries(script.hedged ?? {})))) {
    this.#script = script
    this.hedges = hedges
    this.context = contextOf(clock, { signal: this.client.signal, totalMs: script.totalMs })
  }

  run(): ReturnType<typeof attemptLoop> {
    const { candidates, states = {}, stream = true, maxTokens, fallbacks = true, mostCalls = 100 } = this.#script
    const callPlan: CallPlan = {
      calls: () => 1,
      hold: this.#script.hold ?? unlimitedHold,
      commits: isContent,
      call: (candidate, signal, patience, onSent) => {
        onSent?.()
        return this.#call(candidate, signal, patience)
      },
      streams: () => stream,
      maxTokens,
      reasoning: undefined,
      reportsTier: false,
    }
    const health: HealthView & ReplyView = {
      state: (id) => states[id] ?? null,
      isBenched: () => false,
      replyTime: () => null,
    }
    const dependencies: AttemptDependencies = {
      clock,
      chance: () => 0.5,
      firstTokenMs,
      mostCalls,
      health: this.#script.health ?? health,
      hedges: this.hedges,
      happenings: new Channel(),
      price: ({ promptTokens = 0 }: Usage) => promptTokens,
    }
    return attemptLoop({ candidates, fallbacks }, callPlan, this.context, dependencies)
  }

  /** The endpoints called, in order. */
  get called(): readonly string[] {
    return this.calls.map(({ candidate }) => candidate.endpoint.id)
  }

  /** Milliseconds from the first call to each. */
  get times(): readonly number[] {
    const [first] = this.calls
    return this.calls.map(({ begunAt }) => begunAt - (first?.begunAt ?? 0))
  }

  async *#call(candidate: Candidate, signal: AbortSignal, patience: Patience): CallStream {
    const call: Call = {
      candidate,
      begunAt: clock.monotonic(),
      patience,
      signal,
      settledAt: null,
      failure: null,
      abortedAt: null,
      isOver: false,
    }
    const aborted = (): void => {
      call.abortedAt = clock.monotonic()
      call.settledAt ??= call.abortedAt
    }
    signal.addEventListener('abort', aborted)
    const { health, stream = true, maxTokens } = this.#script
    const report = health?.begin(candidate, { stream, maxTokens })
    const scripts = this.#script.steps[candidate.endpoint.id] ?? []
    const nth = this.calls.filter((other) => other.candidate.endpoint.id === candidate.endpoint.id).length
    this.calls.push(call)
    try {
      for await (const batch of played(scripts[Math.min(nth, scripts.length - 1)] ?? [], signal, patience)) {
        const ending = batch.at(-1)
        const last = ending?.type
        if (last === 'text-delta' && stream) report?.answered()
        if (signal.aborted) report?.abandoned(silentSince(call, patience))
        else if (ending?.type === 'error' || ending?.type === 'call-end') report?.ended(ending)
        if (last === 'error' && !signal.aborted) call.failure = retryOf(batch)
        if (last === 'error' || last === 'text-delta') call.settledAt ??= clock.monotonic()
        // A call releases everything that it holds before its last batch is passed on.
        call.isOver ||= last === 'error' || last === 'call-end'
        yield batch
      }
    } finally {
      signal.removeEventListener('abort', aborted)
      call.isOver = true
    }
  }
}

/** A call that was abandoned before it committed was silent from its start. */
const silentSince = ({ begunAt, settledAt }: Call, { overdueMs }: Patience): number | undefined =>
  settledAt !== null && settledAt - begunAt >= overdueMs ? begunAt : undefined

const retryOf = (batch: CallBatch): Retry | null =>
  batch.flatMap((event) => (event.type === 'error' ? [event.retry] : []))[0] ?? null

/** Plays the steps. As with `CallEndpoint`, the call ends with an error where the first token is late or the signal aborts. */
async function* played(steps: readonly Step[], signal: AbortSignal, { answerMs }: Patience): CallStream {
  let patientMs = answerMs
  for (const step of [...steps, Infinity]) {
    if (typeof step === 'number') {
      await sleep(Math.min(step, patientMs), signal)
      if (signal.aborted) return yield fails('timeout', 'never')
      if (step > patientMs) return yield fails('provider_timeout', 'next-endpoint')
      patientMs -= step
    } else {
      yield step
      if (['call-end', 'error'].includes(step.at(-1)?.type ?? '')) return
      if (step.at(-1)?.type === 'text-delta') patientMs = firstTokenMs
    }
  }
}
