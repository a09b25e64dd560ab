import { GatewayError } from '../../src/canonical/errors.ts'
import type { CallBatch, CallEvent, CallStream } from '../../src/canonical/generation-event.ts'
import type { CallEndpoint, CallReport, CallWatch, Patience } from '../../src/health/candidate.ts'
import type { Clock } from '../../src/util/clock.ts'
import { sleep } from '../../src/util/sleep.ts'
import { type HostBehaviour, type Reaction } from './host-behaviour.ts'
import type { Host } from './hosts.ts'

interface SimulatedHost {
  readonly host: Host
  readonly behaviour: HostBehaviour
}

type Ending = Extract<CallEvent, { type: 'call-end' | 'error' }>

/** The approximate number of tokens of the request. */
const promptTokens = 400
export const toolName = 'look_up'

/**
 * Creates a replacement for the calls over HTTP. It returns the same events at the same times, and reports the same to `watch`.
 * @param startedAt The time when the hosts' faults began, in monotonic milliseconds.
 */
export const createSimulatedCall =
  (hosts: ReadonlyMap<string, SimulatedHost>, watch: CallWatch, clock: Clock, startedAt: number): CallEndpoint =>
  (candidate, request, signal, patience) => {
    const { host, behaviour } = hosts.get(candidate.endpoint.provider) ?? missing(candidate.endpoint.provider)
    const { stream, parameters } = request
    const report = watch.begin(candidate, { stream, maxTokens: parameters.maxTokens })
    const usesTools = (parameters.tools ?? []).length > 0
    const reaction = behaviour.react(clock.monotonic() - startedAt)
    return converse(reaction, host, usesTools, signal, patience, report, clock)
  }

async function* converse(
  reaction: Reaction,
  { tokensPerSecond }: Host,
  usesTools: boolean,
  signal: AbortSignal,
  { answerMs, overdueMs }: Patience,
  report: CallReport,
  clock: Clock,
): CallStream {
  const ends = (last: Ending, before: CallBatch = []): CallBatch => {
    if (signal.aborted) report.abandoned()
    else report.ended(last)
    return [...before, last]
  }
  const begunAt = clock.monotonic()
  await sleep(Math.min(reaction.afterMs, answerMs), signal)
  if (signal.aborted) {
    report.abandoned(clock.monotonic() - begunAt < overdueMs ? undefined : begunAt)
    return yield [failure(new GatewayError('timeout'), 'never')]
  }
  if (reaction.afterMs > answerMs) {
    return yield ends(failure(new GatewayError('provider_timeout'), 'next-endpoint'))
  }
  if (reaction.type === 'refuses') return yield ends({ type: 'error', ...reaction.failure })
  report.answered()
  yield usesTools
    ? [{ type: 'tool-call-start', choice: 0, index: 0, id: 'call', name: toolName }]
    : [{ type: 'text-delta', choice: 0, text: 'Yes.' }]
  await sleep((reaction.tokens / tokensPerSecond) * 1000, signal)
  const usage = { promptTokens, completionTokens: reaction.tokens }
  yield ends({ type: 'call-end', usage }, [
    ...(usesTools ? [argumentsOf(reaction.goodTools)] : []),
    { type: 'finish', choice: 0, reason: usesTools ? 'tool_calls' : 'stop', native: null },
    { type: 'usage', usage },
  ])
}

const failure = (error: GatewayError, scope: 'never' | 'next-endpoint') =>
  ({ type: 'error', error, retry: { scope } }) as const

const argumentsOf = (good: boolean): CallEvent => ({
  type: 'tool-call-delta',
  choice: 0,
  index: 0,
  arguments: good ? '{}' : '{"',
})

function missing(provider: string): never {
  throw new Error(`There is no host ${provider}.`)
}
