import { type GatewayError, ownMessage, shownMessage } from '../canonical/errors.ts'
import type { AttemptEntry, GenerationContext } from '../canonical/generation-context.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { GenerationRecord } from '../canonical/generation-record.ts'
import type { Principal } from '../canonical/principal.ts'
import type { Clock } from '../util/clock.ts'
import { cutText } from '../util/cut-text.ts'
import { type Bill, sumOf } from './bill.ts'
import type { Journal } from './journal/journal.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** How a generation ended. */
export interface Ending {
  /** The HTTP status of the reply, or of the failure inside it; 0 where the client left before the end. */
  readonly status: number
  readonly error: GatewayError | null
  readonly cancelled: boolean
}

/** The records of generations. */
export interface Settle {
  /**
   * Adds up the billed turns of a generation, including nested generations, and records it. Resolves with the sum once the record is in the
   * journal, and is awaited before the reply ends. A nested generation is only added up: its turns are parts of the record of the outer one.
   * Rejects with a GatewayError where the journal cannot be written.
   */
  ended(request: RecordedRequest, context: GenerationContext, ending: Ending): Promise<Bill>
  /** Journals what a generation has been billed so far, so that it is on record even if the process is killed before its end. */
  underway(request: RecordedRequest, context: GenerationContext): void
}

/** How a generation is recorded whose process was killed. */
const killed: Ending = { status: 0, error: null, cancelled: true }
/** The most characters of the message of an error that are kept. */
const longestMessage = 500
/** The most calls that are listed before the end, so that a long loop of calls does not write the list of all of them after each. */
const mostUnderway = 100

/** Creates the functions that record generations. */
export function createSettle(dependencies: {
  readonly journal: Pick<Journal, 'settled' | 'underway'>
  readonly happenings: Happenings
  readonly clock: Clock
  /** Tells whether an account keeps what is said in its generations. Where it does not, what providers said of a failure is not kept either. */
  readonly keepsContent: (account: string) => boolean
}): Settle {
  const { journal, happenings, clock, keepsContent } = dependencies
  const messageOf = (error: GatewayError, { account }: Principal): string =>
    cutText(keepsContent(account) ? shownMessage(error) : ownMessage(error), longestMessage)
  return {
    async ended(request, context, ending) {
      const bill = billOfFamily(context)
      if (context.depth > 0) return bill
      const message = ending.error === null ? null : messageOf(ending.error, context.principal)
      const record = recordOf(request, context, ending, message, bill, clock.monotonic())
      const written = journal.settled(record)
      const attempts = context.family().flatMap((generation) => generation.attempts)
      happenings.publish({ type: 'settled', record, attempts, context })
      await written
      return bill
    },
    underway: (request, context) =>
      journal.underway(context.id, () => {
        const record = recordOf(request, context, killed, null, billOfFamily(context), clock.monotonic())
        return { ...record, attempts: record.attempts.slice(-mostUnderway) }
      }),
  }
}

/** Adds up the turns of a generation and of those nested in it, with the fees and the use of their plugins and tools. */
function billOfFamily(context: GenerationContext): Bill {
  const family = context.family()
  const { usage, cost } = sumOf(family.flatMap(({ turns }) => turns))
  const fees = family.flatMap((generation) => generation.fees)
  const requested = family.reduce((sum, { toolCalls }) => sum + toolCalls.requested, 0)
  if (fees.length === 0 && requested === 0) return { usage, cost }
  const executed = family.reduce((sum, { toolCalls }) => sum + toolCalls.executed, 0)
  const searches = fees.reduce((sum, { unit, units }) => sum + (unit === 'search' ? units : 0), 0)
  const tools = fees.reduce((sum, { amount }) => sum + amount, 0)
  return {
    usage: {
      ...usage,
      ...(searches > 0 && { webSearchRequests: (usage.webSearchRequests ?? 0) + searches }),
      ...(requested > 0 && { toolCallsRequested: requested, toolCallsExecuted: executed }),
    },
    cost: { ...cost, total: cost.total + tools, tools: cost.tools + tools },
  }
}

function recordOf(
  request: RecordedRequest,
  context: GenerationContext,
  ending: Ending,
  errorMessage: string | null,
  { usage, cost }: Bill,
  now: number,
): GenerationRecord {
  const { turns } = context
  const { endpoint, outcome, served = null } = turns.at(-1) ?? {}
  const firstContentAt = turns.find((turn) => turn.outcome.firstContentAt !== null)?.outcome.firstContentAt ?? null
  const { client, media } = request
  const requestedModel = request.requestedModel ?? endpoint?.model ?? ''
  return {
    id: context.id,
    requestId: context.requestId,
    upstreamId: outcome?.upstreamId ?? null,
    account: context.principal.account,
    keyHash: context.principal.keyHash,
    createdAt: context.createdAt,
    operation: request.operation,
    requestedModel,
    model: endpoint?.model ?? requestedModel,
    provider: endpoint?.provider ?? null,
    providerName: endpoint?.providerName ?? null,
    endpoint: endpoint?.id ?? null,
    streamed: request.stream,
    cancelled: ending.cancelled,
    status: ending.status,
    errorKind: ending.error?.kind ?? null,
    errorMessage,
    finishReason: outcome?.finish ?? null,
    nativeFinishReason: outcome?.nativeFinish ?? null,
    serviceTier: outcome?.serviceTier ?? null,
    promptTokens: usage.promptTokens ?? null,
    completionTokens: usage.completionTokens ?? null,
    reasoningTokens: usage.reasoningTokens ?? null,
    cachedTokens: usage.cachedTokens ?? null,
    cacheWriteTokens: usage.cacheWriteTokens ?? null,
    imageTokens: usage.completionImageTokens ?? null,
    promptMedia: media.image + media.audio + media.video + media.file,
    promptAudio: media.audio,
    completionMedia: turns.reduce((sum, { outcome: { images, sounds } }) => sum + images + sounds, 0),
    cost: cost.total,
    promptCost: cost.prompt,
    completionCost: cost.completion,
    otherCost: cost.other,
    toolCost: cost.tools,
    costProvenance: cost.provenance,
    cacheDiscount: cost.cacheDiscount ?? null,
    isByok: cost.isByok,
    upstreamCost: cost.upstream?.total ?? 0,
    latency: firstContentAt === null ? null : Math.round(firstContentAt - context.startedAt),
    generationTime: Math.round(now - context.startedAt),
    sessionId: client.sessionId ?? null,
    externalUser: client.user ?? null,
    userAgent: client.userAgent ?? null,
    httpReferer: client.referer ?? null,
    appTitle: client.title ?? null,
    metadata: client.metadata === undefined ? null : JSON.stringify(client.metadata),
    trace: client.trace === undefined ? null : JSON.stringify(client.trace),
    presetId: request.presetId,
    router: context.route?.router ?? null,
    responseCacheSourceId: context.cache?.status === 'HIT' ? context.cache.sourceId : null,
    attempts: attemptsOf(context).map(({ entry, depth, tool }, sequence) => ({
      generationId: context.id,
      sequence,
      endpoint: entry.endpoint,
      provider: entry.provider,
      providerName: entry.providerName,
      model: entry.model,
      status: entry.status,
      startedAfter: Math.round(entry.startedAt - context.startedAt),
      latency: Math.round(entry.latency),
      errorKind: entry.errorKind,
      upstreamId: entry.upstreamId,
      tier: entry.tier,
      kind: entry.kind,
      cost: entry.cost,
      depth,
      tool,
      isByok: entry.isByok,
      mayBillMore: entry.sent && !entry.stoppable && isGivenUp(entry, ending, served),
    })),
    fees: context
      .family()
      .flatMap(({ fees }) => fees)
      .map(({ source, engine, unit, units, results = null, amount }, sequence) => {
        return { generationId: context.id, sequence, source, engine, unit, units, results, amount }
      }),
  }
}

/**
 * Tells whether a call was abandoned: its reader left, another call answered first, it took too long, or the key could not pay for more of
 * its answer, so that the generation failed although the call did not.
 */
const isGivenUp = (entry: AttemptEntry, { cancelled, error }: Ending, served: AttemptEntry | null): boolean =>
  entry.status === 0 ||
  entry.errorKind === 'provider_timeout' ||
  (entry === served && (cancelled || (error !== null && entry.errorKind === null)))

const attemptsOf = (context: GenerationContext) =>
  context.family().flatMap(({ attempts, depth, tool }) => attempts.map((entry) => ({ entry, depth, tool })))
