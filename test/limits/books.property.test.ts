import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { candidateOf } from '../../src/attempts/testing/scripted-calls.ts'
import type { Fee } from '../../src/canonical/fee.ts'
import { GenerationContext } from '../../src/canonical/generation-context.ts'
import type { Happenings } from '../../src/canonical/happening.ts'
import type { CallHold, Hold } from '../../src/canonical/hold.ts'
import { Outcome } from '../../src/canonical/outcome.ts'
import type { LimitReset } from '../../src/canonical/principal.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { principal } from '../../src/canonical/testing/context-of.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { FreeModelLimits } from '../../src/ledger/free-model-limits.ts'
import type { Counted } from '../../src/ledger/budget.ts'
import { createSoleLease } from '../../src/ledger/lease.ts'
import { createReserve, type Reserve } from '../../src/ledger/reserve.ts'
import { SpendingLimits } from '../../src/ledger/spending-limits.ts'
import { UsualOutput } from '../../src/ledger/usual-output.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { Channel } from '../../src/util/channel.ts'
import { generationRecord } from '../contract/generation-record.ts'
import { demandOf, endpoint, unexpected } from './priced-by-token.ts'

const dayMs = 86_400_000
/** A Sunday, so that the first day that passes begins a week, and the second a month. */
const begin = Date.UTC(2026, 10, 29, 6)

/** The same at the account's own key, for which it is charged a tenth of the list price. */
const ownEndpoint: Endpoint = { ...endpoint, id: 'own', byok: 'byok-1' }
/** The least that a call holds: endpoints may raise a lower `max_tokens` to it. */
const leastHeld = 16

/** One request of the reference model. */
interface Request {
  readonly id: string
  readonly key: string
  readonly createdAt: number
  /** Whether calls with the account's own key counted towards the limit of the key when it arrived. */
  readonly includesByok: boolean
  /** What it has cost so far. */
  cost: Counted<number>
  /** What each of its calls holds. */
  held: Counted<number>[]
  isSettled: boolean
}

interface KeyLimit {
  readonly limit: number
  readonly reset: LimitReset | null
  readonly includesByok: boolean
}
const noLimit: KeyLimit = { limit: Infinity, reset: null, includesByok: false }
const none: Counted<number> = { charged: 0, withByok: 0 }
const plus = (one: Counted<number>, other: Counted<number>): Counted<number> => ({
  charged: one.charged + other.charged,
  withByok: one.withByok + other.withByok,
})
const total = (amounts: readonly Counted<number>[]): Counted<number> => amounts.reduce(plus, none)

/** The reference: every request that ever was, and sums over all of them. */
class Model {
  now = begin
  requests: Request[] = []
  running: Request[] = []
  limits = new Map<string, KeyLimit>()
  /** The keys of which it was changed what counts towards the limit. */
  changed = new Set<string>()
  /** What the account may spend over all its time; null before credits are added. */
  credits: number | null = null
  made = 0

  /** What is left of the limit of the key, and of the credits. */
  left(request: Request): { readonly key: number; readonly credits: number } {
    const { limit } = this.limits.get(request.key) ?? noLimit
    const ofKey = this.#countedWith(request)
    const key = limit - amountOf(request, total(ofKey.flatMap(({ cost, held }) => [cost, ...held])))
    const spent = total(this.requests.flatMap(({ cost, held }) => [cost, ...held])).charged
    return { key, credits: (this.credits ?? Infinity) - spent }
  }

  isSpent(request: Request): boolean {
    const { limit } = this.limits.get(request.key) ?? noLimit
    const spentOfKey = amountOf(request, total(this.#countedWith(request).map(({ cost }) => cost)))
    const spentOfAccount = total(this.requests.map(({ cost }) => cost)).charged
    return spentOfKey >= limit || (this.credits !== null && spentOfAccount > this.credits)
  }

  /** Those of the same period. Where it was changed what counts, a request that began before the change counts once it ended. */
  #countedWith({ key, createdAt, includesByok }: Request): readonly Request[] {
    const { reset } = this.limits.get(key) ?? noLimit
    const start = startOf(reset, createdAt)
    return this.requests.filter(
      (other) =>
        other.key === key &&
        startOf(reset, other.createdAt) === start &&
        (other.includesByok === includesByok || other.isSettled),
    )
  }
}

const amountOf = ({ includesByok }: Request, { charged, withByok }: Counted<number>): number =>
  includesByok ? withByok : charged

function startOf(reset: LimitReset | null, at: number): number {
  const date = new Date(at)
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  if (reset === 'daily') return day
  if (reset === 'weekly') return day - ((date.getUTCDay() + 6) % 7) * dayMs
  return reset === 'monthly' ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) : 0
}

/** A request of the real books. */
interface RealRequest {
  readonly context: GenerationContext
  /** Those of the current turn; null between turns. */
  hold: Hold<Endpoint> | null
  readonly maxTokens: number
  calls: CallHold[]
}

let storage: Storage
beforeAll(async () => {
  storage = await openStorage('sqlite::memory:')
})
afterAll(() => storage.close())

/** The books as the gateway keeps them, on a database that stays when they crash. */
class Books {
  readonly prefix: string
  readonly requests = new Map<string, RealRequest>()
  readonly model: Model
  #happenings: Happenings = new Channel()
  #reserve: Reserve

  constructor(prefix: string, model: Model) {
    this.prefix = prefix
    this.model = model
    this.#reserve = this.#open()
  }

  crash(): void {
    this.requests.clear()
    this.#happenings = new Channel()
    this.#reserve = this.#open()
  }

  #open(): Reserve {
    const usual = new UsualOutput()
    const clock = { now: () => this.model.now, monotonic: () => 0 }
    const { spent, spentByAccount, byokSpent } = storage.usage
    const lease = createSoleLease({
      spentIn: async ({ payer: { column, value }, period: { start, end }, includesByok }) =>
        (await (column === 'keyHash' ? spent : spentByAccount)(value, start, [], end)) +
        (includesByok ? await byokSpent(value, start, [], end) : 0),
    })
    return createReserve({
      limits: new SpendingLimits({
        lease,
        credits: { limit: () => this.model.credits },
        happenings: this.#happenings,
        onError: unexpected,
      }),
      freeModels: new FreeModelLimits({ freeModels: null }, clock, memoryState().facts),
      lease,
      usual,
      byokFees: { most: (listPrice) => Math.ceil(listPrice / 10) },
      calibration: () => 1,
    })
  }

  async begin({ id, key, createdAt, includesByok }: Request, maxTokens: number): Promise<void> {
    const { limit = null, reset = null } = this.model.limits.get(key) ?? {}
    const limits = { limit, limitReset: reset, includeByokInLimit: includesByok }
    const known = this.requests.get(id)
    const context =
      known?.context ??
      new GenerationContext({
        id: this.prefix + id,
        requestId: '',
        principal: { ...principal, keyHash: this.prefix + key, account: this.prefix, ...limits },
        signal: new AbortController().signal,
        createdAt,
        startedAt: 0,
        deadline: Infinity,
      })
    const reserved = await this.#reserve(context, [candidateOf(endpoint).endpoint], demandOf(maxTokens))
    const hold = reserved.type === 'held' ? reserved.hold : null
    this.requests.set(id, { context, hold, maxTokens, calls: [] })
  }

  async settle(id: string): Promise<void> {
    const real = this.requests.get(id)
    if (real === undefined) return
    const { context } = real
    const record = generationRecord({
      id: context.id,
      keyHash: context.principal.keyHash,
      account: context.principal.account,
      createdAt: context.createdAt,
      cost: context.spent(),
      upstreamCost: context.byokSpent(),
      attempts: [],
    })
    await storage.generations.write([toRecordText(record)])
    this.#happenings.publish({ type: 'settled', record, attempts: [], context })
    this.requests.delete(id)
  }
}

const pick = <Item>(items: readonly Item[], at: number): Item | undefined => items[at % Math.max(1, items.length)]

/** A step of a run: it does the same to the model and to the books, and compares what they say. */
type Step = (model: Model, books: Books) => Promise<void>

/** A request arrives, or goes on with another turn. */
const beginTurn = fc
  .tuple(fc.nat(2), fc.integer({ min: 1, max: 400 }), fc.nat())
  .map(([key, maxTokens, again]): Step => async (model, books) => {
    const idle = model.running.filter(({ held, id }) => held.length === 0 && books.requests.get(id)?.hold === null)
    let request = again % 2 === 0 ? pick(idle, again) : undefined
    if (request === undefined) {
      const { includesByok } = model.limits.get(`k${key}`) ?? noLimit
      const id = `r${model.made++}`
      request = { id, key: `k${key}`, createdAt: model.now, includesByok, cost: none, held: [], isSettled: false }
      model.requests.push(request)
      model.running.push(request)
    }
    await books.begin(request, maxTokens)
    expect(books.requests.get(request.id)?.hold === null).toBe(model.isSpent(request))
  })

/** A request begins a call: the first, a retry, a hedge. */
const call = fc.tuple(fc.nat(), fc.boolean()).map(([at, isOwn]): Step => async (model, books) => {
  const request = pick(model.running, at)
  const real = books.requests.get(request?.id ?? '')
  if (request === undefined || real === undefined || real.hold === null) return
  const tokens = Math.max(leastHeld, real.maxTokens)
  const wanted: Counted<number> = isOwn
    ? { charged: Math.ceil(tokens / 10), withByok: Math.ceil((11 * tokens) / 10) }
    : { charged: tokens, withByok: tokens }
  const left = model.left(request)
  const fits = !model.isSpent(request) && amountOf(request, wanted) <= left.key && wanted.charged <= left.credits
  const called = isOwn ? ownEndpoint : endpoint
  expect(real.hold.affords(called)).toBe(fits)
  const taken = real.hold.cover(called)
  expect(taken !== null).toBe(fits)
  if (taken === null) return
  real.calls.push(taken)
  request.held.push(wanted)
})

/** A call fails, and costs nothing. */
const fail = fc.tuple(fc.nat(), fc.nat()).map(([at, which]): Step => async (model, books) => {
  const request = pick(model.running, at)
  const real = books.requests.get(request?.id ?? '')
  if (request === undefined || real === undefined || real.calls.length === 0) return
  const index = which % real.calls.length
  real.calls[index]?.release()
  // Releasing twice must change nothing.
  real.calls[index]?.release()
  real.calls.splice(index, 1)
  request.held.splice(index, 1)
})

const nothing = {
  total: 0,
  prompt: 0,
  completion: 0,
  other: 0,
  tools: 0,
  isByok: false,
  provenance: 'derived',
} as const

const feeOf = (amount: number): Fee => ({ source: 'web', engine: 'exa', unit: 'search', units: 1, amount })

/** A turn ends. It is billed, with a fee of a plugin, at most for what its calls hold. */
const bill = fc.tuple(fc.nat(), fc.nat(100)).map(([at, percent]): Step => async (model, books) => {
  const request = pick(model.running, at)
  const real = books.requests.get(request?.id ?? '')
  if (request === undefined || real === undefined || real.hold === null) return
  const { charged: held, withByok } = total(request.held)
  const charged = Math.floor((percent * held) / 100)
  const byok = Math.floor((percent * (withByok - held)) / 100)
  const fee = Math.floor(charged / 3)
  real.context.fees.push(feeOf(fee))
  const completion = charged - fee
  const upstream = { total: byok, prompt: 0, completion: byok }
  const cost = { ...nothing, total: completion, completion, ...(byok > 0 && { upstream }) }
  real.context.turns.push({ usage: {}, cost, outcome: new Outcome(), endpoint: null, served: null })
  real.hold.release()
  real.hold.release()
  real.hold = null
  real.calls = []
  request.cost = plus(request.cost, { charged, withByok: charged + byok })
  request.held = []
})

/** A generation ends and is on record, with a fee after its last turn. */
const settle = fc.tuple(fc.nat(), fc.nat(50)).map(([at, lateFee]): Step => async (model, books) => {
  const request = pick(
    model.running.filter(({ id }) => books.requests.get(id)?.hold === null),
    at,
  )
  if (request === undefined) return
  const left = model.left(request)
  const amount = Math.min(lateFee, Math.max(0, left.key), Math.max(0, left.credits))
  books.requests.get(request.id)?.context.fees.push(feeOf(amount))
  request.cost = plus(request.cost, { charged: amount, withByok: amount })
  request.isSettled = true
  model.running = model.running.filter((other) => other !== request)
  await books.settle(request.id)
})

/** The process ends without warning. What was not on record is lost, and nothing stays held. */
const crash = fc.constant<Step>(async (model, books) => {
  model.running = []
  model.requests = model.requests.filter(({ isSettled }) => isSettled)
  books.crash()
})

const passTime = fc.integer({ min: 1, max: 40 }).map((hours): Step => async (model) => {
  model.now += hours * 3_600_000
})

/** Credits are added to the account, or the first are. */
const topUp = fc.integer({ min: 1, max: 2_000 }).map((amount): Step => async (model) => {
  // A running request goes on with the budgets that it began with, so the first credits count from the next request on.
  if (model.credits === null && model.running.length > 0) return
  model.credits = (model.credits ?? total(model.requests.map(({ cost }) => cost)).charged) + amount
})

/** Calls with the account's own key begin to count towards the limit of a key, or no longer do. */
const change = fc.nat(2).map((key): Step => async (model) => {
  const known = model.limits.get(`k${key}`) ?? noLimit
  model.limits.set(`k${key}`, { ...known, includesByok: !known.includesByok })
  model.changed.add(`k${key}`)
})

const step = fc.oneof(
  { arbitrary: beginTurn, weight: 6 },
  { arbitrary: call, weight: 8 },
  { arbitrary: fail, weight: 2 },
  { arbitrary: bill, weight: 6 },
  { arbitrary: settle, weight: 4 },
  { arbitrary: crash, weight: 1 },
  { arbitrary: passTime, weight: 1 },
  { arbitrary: topUp, weight: 1 },
  { arbitrary: change, weight: 1 },
)
const resets = fc.constantFrom<LimitReset | null>('daily', 'weekly', 'monthly', null)
const limit = fc.record({ limit: fc.integer({ min: 0, max: 2_000 }), reset: resets, includesByok: fc.boolean() })
const limits = fc.array(limit, { minLength: 3, maxLength: 3 })

let runs = 0
test('contract row 62: reserve, bill, settle, crash, reset, top up and BYOK in limits: the books are those of a plain model', async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (given, steps) => {
      const model = new Model()
      given.forEach((limit, index) => model.limits.set(`k${index}`, limit))
      const books = new Books(`run${runs++}-`, model)
      for (const act of steps) {
        await act(model, books)
        // Nobody ever spends more than a limit, since no bill is higher than what was held for it.
        for (const request of model.requests) {
          const { key, credits } = model.left(request)
          expect(credits).toBeGreaterThanOrEqual(0)
          if (!model.changed.has(request.key)) expect(key).toBeGreaterThanOrEqual(0)
        }
      }
    }),
    { numRuns: 400 },
  )
})
