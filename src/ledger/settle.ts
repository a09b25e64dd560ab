import type { AttemptEntry, GenerationContext } from '../canonical/generation-context.ts'
import type { FinishReason } from '../canonical/generation-event.ts'
import type { Outcome } from '../canonical/outcome.ts'
import { addCost, addUsage, type Cost, type Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { GenerationRecord, GenerationStore } from '../storage/stores/generation-store.ts'
import type { Channel } from '../util/channel.ts'
import type { Clock } from '../util/clock.ts'
import { estimateUsage, tokensOf, type Repeated } from './estimate-usage.ts'
import type { Order } from './order.ts'
import { priceUsage } from './price-usage.ts'

/** What one endpoint gave of an answer. */
export interface Part {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly outcome: Outcome
  readonly repeated: Repeated
}

/** How a generation ended. */
export interface Ending {
  /** In order; more than one where a broken stream was gone on with. Empty when no endpoint answered. */
  readonly parts: readonly Part[]
  /** HTTP status of the reply, or of the failure inside it. */
  readonly status: number
  readonly errorKind: string | null
  readonly cancelled: boolean
}

/** What is published of a generation that has ended. */
export interface Settled {
  readonly record: GenerationRecord
  /** As the record has them, with what is not kept. */
  readonly attempts: readonly AttemptEntry[]
}

export interface Bill {
  readonly usage: Usage
  readonly cost: Cost
}

/** @param outcome What the last part came to, or what there is where nobody answered. */
export type Settle = (order: Order, context: GenerationContext, outcome: Outcome, ending: Ending) => Promise<Bill>

/** Nobody answered. */
const nothing: Bill = {
  usage: {},
  cost: { total: 0, prompt: 0, completion: 0, other: 0, isByok: false, provenance: 'none' },
}

/**
 * Prices a generation and puts it on record. The caller awaits it before the reply ends, so that whatever makes records
 * durable can be waited for here without changing the path.
 */
export function createSettle(options: {
  readonly generations: GenerationStore
  readonly settled: Channel<Settled>
  readonly clock: Clock
}): Settle {
  const { generations, settled, clock } = options
  return (order, context, outcome, ending) => {
    const [first = nothing, ...others] = ending.parts.map((part) => {
      // A client that left is charged for what was read and produced for it (contract §4.5), although no finish was seen.
      const finish = part.outcome.finish ?? (ending.cancelled ? 'stop' : outcome.finish)
      const bill = billOf(order, part, finish, context.createdAt)
      part.entry.cost = bill.cost.total
      part.entry.upstreamId = part.outcome.upstreamId
      return bill
    })
    const bill = others.reduce(addBills, first)
    const record = recordOf(order, context, outcome, ending, bill, clock.monotonic())
    generations.append(record)
    settled.publish({ record, attempts: context.attempts })
    return Promise.resolve(bill)
  }
}

/**
 * What a part used and costs at its own endpoint, in the tier that served it. What that did not report is estimated; where the
 * part broke off, also what came after its last count, such as the one token in Anthropic's first event.
 */
function billOf(order: Order, part: Part, finish: FinishReason | null, at: number): Bill {
  const { endpoint, outcome, repeated } = part
  const reported = outcome.usage
  const estimate = estimateUsage(order, outcome.produced, repeated)
  const isBroken = outcome.finish === null || outcome.finish === 'error'
  const usage = {
    ...reported,
    promptTokens: reported.promptTokens ?? estimate.promptTokens,
    completionTokens:
      reported.completionTokens === undefined
        ? estimate.completionTokens
        : reported.completionTokens + (isBroken ? tokensOf(outcome.produced - outcome.counted) : 0),
  }
  const pricing = endpoint.tierPricing?.get(outcome.serviceTier ?? '') ?? endpoint.pricing
  const cost = priceUsage(usage, pricing, finish, at, order.images)
  const isReported =
    usage.promptTokens === reported.promptTokens && usage.completionTokens === reported.completionTokens
  return { usage, cost: isReported ? cost : { ...cost, provenance: 'estimated' } }
}

const addBills = (one: Bill, other: Bill): Bill => ({
  usage: addUsage(one.usage, other.usage),
  cost: addCost(one.cost, other.cost),
})

function recordOf(
  order: Order,
  context: GenerationContext,
  outcome: Outcome,
  ending: Ending,
  { usage, cost }: Bill,
  now: number,
): GenerationRecord {
  const endpoint = ending.parts.at(-1)?.endpoint
  const { client } = order
  const requestedModel = order.requestedModel ?? endpoint?.model ?? ''
  return {
    id: context.id,
    requestId: context.requestId,
    upstreamId: outcome.upstreamId,
    account: context.payer.account,
    keyHash: context.payer.keyHash,
    createdAt: context.createdAt,
    operation: order.operation,
    requestedModel,
    model: endpoint?.model ?? requestedModel,
    provider: endpoint?.provider ?? null,
    providerName: endpoint?.providerName ?? null,
    endpoint: endpoint?.id ?? null,
    streamed: order.stream,
    cancelled: ending.cancelled,
    status: ending.status,
    errorKind: ending.errorKind,
    finishReason: outcome.finish,
    nativeFinishReason: outcome.nativeFinish,
    serviceTier: outcome.serviceTier,
    promptTokens: usage.promptTokens ?? null,
    completionTokens: usage.completionTokens ?? null,
    reasoningTokens: usage.reasoningTokens ?? null,
    cachedTokens: usage.cachedTokens ?? null,
    cacheWriteTokens: usage.cacheWriteTokens ?? null,
    imageTokens: usage.completionImageTokens ?? null,
    cost: cost.total,
    promptCost: cost.prompt,
    completionCost: cost.completion,
    otherCost: cost.other,
    costProvenance: cost.provenance,
    isByok: cost.isByok,
    latency: outcome.firstContentAt === null ? null : Math.round(outcome.firstContentAt - context.startedAt),
    generationTime: Math.round(now - context.startedAt),
    sessionId: client.sessionId ?? null,
    externalUser: client.user ?? null,
    userAgent: client.userAgent ?? null,
    httpReferer: client.referer ?? null,
    metadata: client.metadata === undefined ? null : JSON.stringify(client.metadata),
    trace: client.trace === undefined ? null : JSON.stringify(client.trace),
    attempts: context.attempts.map((entry, sequence) => ({
      generationId: context.id,
      sequence,
      endpoint: entry.endpoint,
      provider: entry.provider,
      providerName: entry.providerName,
      model: entry.model,
      status: entry.status,
      latency: Math.round(entry.latency),
      errorKind: entry.errorKind,
      upstreamId: entry.upstreamId,
      tier: entry.tier,
      kind: entry.kind,
      cost: entry.cost,
      mayBillMore: entry.sent && !entry.stoppable && isGivenUp(entry, ending),
    })),
  }
}

/** Whether a call was not awaited to its end: for a reader who left, for another call, or for the time that it took. */
const isGivenUp = (entry: AttemptEntry, { cancelled, parts }: Ending): boolean =>
  entry.status === 0 || entry.errorKind === 'provider_timeout' || (cancelled && entry === parts.at(-1)?.entry)
