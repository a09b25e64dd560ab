import { afterEach, expect, test } from 'vitest'
import type { GatewayError } from '../../src/canonical/errors.ts'
import type { GenerationContext } from '../../src/canonical/generation-context.ts'
import type { CallStream, GenerationEvent, GenerationStream, TurnStream } from '../../src/canonical/generation-event.ts'
import type { GenerationRequest } from '../../src/canonical/generation-request.ts'
import { contextOf, principal } from '../../src/canonical/testing/context-of.ts'
import { noFacilities, unlimitedFees } from '../../src/canonical/testing/no-facilities.ts'
import type { Generate, Turn } from '../../src/canonical/turn.ts'
import type { Happenings } from '../../src/canonical/happening.ts'
import { createGenerate } from '../../src/generate.ts'
import { ByokFees } from '../../src/ledger/byok-fees.ts'
import { FreeModelLimits } from '../../src/ledger/free-model-limits.ts'
import { createSoleLease } from '../../src/ledger/lease.ts'
import { Journal } from '../../src/ledger/journal/journal.ts'
import { createReserve } from '../../src/ledger/reserve.ts'
import { createSettle } from '../../src/ledger/settle.ts'
import { SpendingLimits } from '../../src/ledger/spending-limits.ts'
import { UsualOutput } from '../../src/ledger/usual-output.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import type { Candidate } from '../../src/health/candidate.ts'
import { Hedges } from '../../src/attempts/hedges.ts'
import { candidateOf, endpointOf } from '../../src/attempts/testing/scripted-calls.ts'
import type { Route } from '../../src/router/route.ts'
import { lockFile } from '../../src/storage/file-lock.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { createTurn } from '../../src/turn.ts'
import { Channel } from '../../src/util/channel.ts'

/** A clock that a test can move forward. */
let forwardMs = 0
const clock = { now: () => Date.now(), monotonic: () => performance.now() + forwardMs }
afterEach(() => {
  forwardMs = 0
})

const perToken = 1_000_000
const endpoint = endpointOf('a', { pricing: { prompt: perToken, completion: perToken } })
const chat = (content: string, more: object = {}): GenerationRequest =>
  chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content }], stream: true, ...more }, {})

/** Every call answers with its prompt, and reports this many tokens. */
const usage = { promptTokens: 100, completionTokens: 20 }
const costOfOne = 120_000

/** A generation of two turns, between which a tool calls a model, as the tool loop will do. `nested` makes the nested call. */
async function twoTurns(given: {
  readonly nested: (generate: Generate, context: GenerationContext) => GenerationStream
  readonly context?: GenerationContext
  readonly called?: (content: string, signal: AbortSignal) => void
}) {
  const storage = await openStorage('sqlite::memory:')
  const journal = await Journal.open({
    folder: null,
    durability: 'process',
    lockFile,
    store: storage.generations,
    usage: storage.usage,
    onError: (error) => {
      throw error
    },
  })
  const happenings: Happenings = new Channel()
  const records: GenerationRecord[] = []
  happenings.subscribe((happening) => {
    if (happening.type === 'settled') records.push(happening.record)
  })
  const calls: { readonly content: string; readonly signal: AbortSignal }[] = []
  const route = (): Route => ({
    requested: 'acme/m1',
    strategy: 'direct',
    considered: [endpoint],
    exclusions: [],
    rankings: [],
    choices: new Map(),
    candidates: [candidateOf(endpoint)],
    fallbacks: true,
    session: null,
    stickyEndpointId: null,
    estimatedTokens: null,
    error: null,
  })
  async function* callEndpoint(_: Candidate, request: GenerationRequest, signal: AbortSignal): CallStream {
    const content = JSON.stringify(request.source.body['messages'])
    calls.push({ content, signal })
    given.called?.(content, signal)
    if (signal.aborted) return
    yield [{ type: 'text-delta', choice: 0, text: 'said' }]
    yield [
      { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
      { type: 'usage', usage },
      { type: 'call-end', usage },
    ]
  }
  const usual = new UsualOutput()
  const lease = createSoleLease(journal)
  const byokFees = new ByokFees({ feePercent: 0, monthlyAllowance: 0 }, journal)
  const turn = createTurn({
    clock,
    chance: () => 0,
    firstTokenMs: 10_000,
    mostCalls: 16,
    happenings,
    health: { state: () => null, isBenched: () => false, replyTime: () => null },
    hedges: new Hedges(new Map()),
    price: () => 0,
    streamRescue: false,
    route,
    feedback: () => () => {},
    calibration: () => 1,
    byokFees,
    usual,
    reserve: createReserve({
      limits: new SpendingLimits({
        lease,
        credits: { limit: () => null },
        happenings,
        onError: (error: Error) => expect.fail(error.message),
      }),
      freeModels: new FreeModelLimits({ freeModels: null }, clock, memoryState().facts),
      lease,
      usual,
      byokFees,
      calibration: () => 1,
    }),
    callEndpoint,
  })
  const settle = createSettle({ journal, happenings, clock, keepsContent: () => false })
  const endUserId = () => 'user_of_the_test'
  const resolve = () => ({ requested: 'acme/m1', strategy: 'direct', choices: [], error: null }) as const
  const features = {
    presets: { apply: (request: GenerationRequest) => request },
    plugins: { registry: [], ofAccount: () => [] },
    serverTools: new Map(),
    collect: (stream: GenerationStream) => stream,
    responseCache: { around: (_request: unknown, _context: unknown, take: () => TurnStream) => take() },
    facilities: noFacilities(clock),
    holdFee: () => unlimitedFees,
  }
  const admit = () => []
  const generate: Generate = createGenerate({ ...features, resolve, admit, turn, settle, endUserId })
  const inner: GenerationEvent[] = []
  const looping: Generate = createGenerate({
    ...features,
    resolve,
    admit,
    settle,
    endUserId,
    turn: (resolution) => {
      const once: Turn = turn(resolution)
      return async function* (request, context) {
        for await (const batch of once(request, context)) yield batch.filter(({ type }) => type !== 'turn-end')
        for await (const batch of given.nested(generate, context)) inner.push(...batch)
        yield* once(chat('second'), context)
      }
    },
  })
  const context = given.context ?? contextOf(clock)
  const events: GenerationEvent[] = []
  for await (const batch of looping(chat('first', { usage: { include: true } }), context)) events.push(...batch)
  await journal.emptied()
  const stored = await storage.generations.find(context.id, context.principal.account)
  await journal.close()
  await storage.close()
  return { events, inner, records, calls, stored, context }
}

const errorsOf = (events: readonly GenerationEvent[]): readonly GatewayError[] =>
  events.flatMap((event) => (event.type === 'error' ? [event.error] : []))

test('a nested call is part of the one record: its attempts, its usage and its cost, once', async () => {
  const { events, inner, records, stored } = await twoTurns({
    nested: (generate, context) => generate(chat('nested'), context.child('advisor')),
  })
  expect(records).toHaveLength(1)
  expect(events.map(({ type }) => type)).toEqual([
    'committed',
    'text-delta',
    'finish',
    'usage',
    'committed',
    'text-delta',
    'finish',
    'usage',
    'end',
  ])
  expect(events.filter(({ type }) => type === 'end')).toEqual([
    expect.objectContaining({
      usage: expect.objectContaining({ promptTokens: 300, completionTokens: 60 }),
      cost: expect.objectContaining({ total: 3 * costOfOne }),
    }),
  ])
  // The nested generation reports only its own part.
  expect(inner.at(-1)).toMatchObject({ type: 'end', usage, cost: { total: costOfOne } })
  expect(stored).toMatchObject({ cost: 3 * costOfOne, promptTokens: 300, status: 200 })
  expect(stored?.attempts.map(({ depth, tool, cost, sequence }) => ({ depth, tool, cost, sequence }))).toEqual([
    { depth: 0, tool: null, cost: costOfOne, sequence: 0 },
    { depth: 0, tool: null, cost: costOfOne, sequence: 1 },
    { depth: 1, tool: 'advisor', cost: costOfOne, sequence: 2 },
  ])
})

test('a nested call has the deadline of what it is nested in: past it, no call begins at any depth', async () => {
  const { calls, inner, events, records } = await twoTurns({
    context: contextOf(clock, { totalMs: 60_000 }),
    nested: (generate, context) => {
      forwardMs = 60_001
      return generate(chat('nested'), context.child('advisor'))
    },
  })
  expect(calls).toHaveLength(1)
  expect(errorsOf(inner)).toEqual([expect.objectContaining({ status: 408 })])
  expect(errorsOf(events)).toEqual([expect.objectContaining({ status: 408 })])
  expect(records).toEqual([expect.objectContaining({ status: 408, cost: costOfOne })])
})

test('one abort ends the nested call and the generation, which is on record once, as cancelled', async () => {
  const client = new AbortController()
  const { calls, records } = await twoTurns({
    context: contextOf(clock, { signal: client.signal }),
    nested: (generate, context) => generate(chat('nested'), context.child('advisor')),
    called: (content) => {
      if (content.includes('nested')) client.abort()
    },
  })
  expect(calls.map(({ content }) => /first|nested|second/.exec(content)?.[0])).toEqual(['first', 'nested'])
  expect(calls.every(({ signal }) => signal.aborted)).toBe(true)
  expect(records).toEqual([expect.objectContaining({ cancelled: true, cost: costOfOne })])
})

test('a limit that the first turn spent refuses the nested call and the second turn before any endpoint is called', async () => {
  const limited = { ...principal, limit: costOfOne }
  const { calls, inner, events, records } = await twoTurns({
    context: contextOf(clock, { principal: limited }),
    nested: (generate, context) => generate(chat('nested'), context.child('advisor')),
  })
  expect(calls).toHaveLength(1)
  expect(errorsOf(inner)).toHaveLength(1)
  expect(errorsOf(events)).toHaveLength(1)
  expect(records).toEqual([expect.objectContaining({ cost: costOfOne })])
})

test('a budget of the request applies to everything nested in it', async () => {
  const context = contextOf(clock, { budget: 2 * costOfOne })
  const { calls, inner, events } = await twoTurns({
    context,
    nested: (generate, parent) => generate(chat('nested'), parent.child('advisor')),
  })
  expect(calls).toHaveLength(2)
  expect(errorsOf(inner)).toEqual([])
  expect(errorsOf(events)).toEqual([expect.objectContaining({ status: 402 })])
})
