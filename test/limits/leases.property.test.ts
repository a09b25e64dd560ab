import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { GenerationContext } from '../../src/canonical/generation-context.ts'
import type { Happenings } from '../../src/canonical/happening.ts'
import type { CallHold, Hold } from '../../src/canonical/hold.ts'
import { Outcome } from '../../src/canonical/outcome.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { principal } from '../../src/canonical/testing/context-of.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { FreeModelLimits } from '../../src/ledger/free-model-limits.ts'
import { NodeLeases } from '../../src/ledger/node-leases.ts'
import { createReserve, type Reserve } from '../../src/ledger/reserve.ts'
import { SpendingLimits } from '../../src/ledger/spending-limits.ts'
import { UsualOutput } from '../../src/ledger/usual-output.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import type { Spending } from '../../src/storage/stores/lease-store.ts'
import { Channel } from '../../src/util/channel.ts'
import { generationRecord } from '../contract/generation-record.ts'
import { demandOf, endpoint, unexpected } from './priced-by-token.ts'

const begin = Date.UTC(2026, 10, 29)
const dayMs = 86_400_000
const beatMs = 1_000

let storage: Storage
beforeAll(async () => {
  storage = await openStorage('sqlite::memory:')
})
afterAll(() => storage.close())

/** What all nodes have in common. */
interface Shared {
  readonly run: string
  limit: number
  reset: 'daily' | null
  now: number
  made: number
}

interface Request {
  readonly context: GenerationContext
  hold: Hold<Endpoint> | null
  calls: { readonly hold: CallHold; readonly amount: number }[]
}

/** A node with a journal that is taken to the database only when the test says so. */
class Node {
  readonly name: string
  readonly requests: Request[] = []
  /** What is settled and not in the database. The first of them may be on their way. */
  waiting: GenerationRecord[] = []
  leases: NodeLeases | null = null
  /** Whether what the database answers is lost on its way. */
  losesAnswers = false
  readonly #shared: Shared
  readonly #happenings: Happenings = new Channel()
  #reserve: Reserve | null = null

  constructor(name: string, shared: Shared) {
    this.name = name
    this.#shared = shared
  }

  async join(): Promise<void> {
    const shared = this.#shared
    const clock = { now: () => shared.now, monotonic: () => performance.now() }
    this.leases = await NodeLeases.join({
      node: this.name,
      store: {
        ...storage.leases,
        lease: async (request) => {
          const leased = await storage.leases.lease(request)
          if (this.losesAnswers) throw new Error('The connection was lost.')
          return leased
        },
      },
      journal: this,
      clock,
      onError: (error) => {
        if (!this.losesAnswers) unexpected(error)
      },
    })
    this.#reserve = createReserve({
      limits: new SpendingLimits({
        lease: this.leases,
        credits: { limit: () => null },
        happenings: this.#happenings,
        onError: unexpected,
      }),
      freeModels: new FreeModelLimits({ freeModels: null }, clock, memoryState().facts),
      lease: this.leases,
      usual: new UsualOutput(),
      byokFees: { most: (listPrice) => listPrice },
      calibration: () => 1,
    })
  }

  undrained({ period: { start, end } }: Spending): number {
    const waiting = this.waiting.filter(({ createdAt }) => createdAt >= start && createdAt < end)
    return waiting.reduce((sum, { cost }) => sum + cost, 0)
  }

  exactly<Result>(use: (uncertain: readonly string[]) => Promise<Result>): Promise<Result> {
    return use(this.waiting.slice(0, 2).map(({ id }) => id))
  }

  async spentIn(spending: Spending): Promise<number> {
    const { payer, period } = spending
    const waiting = this.undrained(spending)
    return (
      waiting +
      (await this.exactly((uncertain) => storage.usage.spent(payer.value, period.start, uncertain, period.end)))
    )
  }

  /** Begins a request, and as many calls as it is given. */
  async begin(maxTokens: number, calls: number): Promise<Request> {
    const { run, limit, reset, now } = this.#shared
    const context = new GenerationContext({
      id: `${run}-${this.#shared.made++}`,
      requestId: '',
      principal: { ...principal, keyHash: run, account: run, limit, limitReset: reset },
      signal: new AbortController().signal,
      createdAt: now,
      startedAt: 0,
      deadline: Infinity,
    })
    const request: Request = { context, hold: null, calls: [] }
    this.requests.push(request)
    await this.turn(request, maxTokens, calls)
    return request
  }

  /** Begins a turn of a request, unless one runs. */
  async turn(request: Request, maxTokens: number, calls: number): Promise<void> {
    if (request.hold !== null) return
    const reserved = await this.#reserve?.(request.context, [endpoint], demandOf(maxTokens))
    if (reserved?.type !== 'held') return
    request.hold = reserved.hold
    for (let call = 0; call < calls; call++) {
      const hold = reserved.hold.cover(endpoint)
      if (hold !== null) request.calls.push({ hold, amount: maxTokens })
    }
  }

  /** Ends a turn, and bills a share of what its calls hold. */
  bill(request: Request, part: number): void {
    const total = Math.floor(part * heldBy(request))
    const cost = { ...nothing, completion: total, total }
    request.context.turns.push({ usage: {}, cost, outcome: new Outcome(), endpoint: null, served: null })
    request.hold?.release()
    request.hold = null
    request.calls = []
  }

  settle(request: Request): void {
    this.requests.splice(this.requests.indexOf(request), 1)
    const { id, createdAt } = request.context
    const { run } = this.#shared
    const cost = request.context.spent()
    const record = generationRecord({ id, keyHash: run, account: run, createdAt, cost, attempts: [] })
    this.waiting.push(record)
    this.#happenings.publish({ type: 'settled', record, attempts: [], context: request.context })
  }

  /** Takes records to the database. Where it is interrupted, nobody knows yet that they are there. */
  async drain(isInterrupted: boolean): Promise<void> {
    const batch = this.waiting.slice(0, 2)
    await storage.generations.write(batch.map(toRecordText))
    if (!isInterrupted) this.waiting.splice(0, batch.length)
  }
}

const nothing = { prompt: 0, other: 0, tools: 0, isByok: false, provenance: 'derived' } as const

const heldBy = ({ calls }: Request): number => calls.reduce((sum, { amount }) => sum + amount, 0)

/** Lets the timers run that are due, and what they began. */
async function tick(nodes: readonly Node[]): Promise<void> {
  await vi.advanceTimersByTimeAsync(beatMs)
  // What a timer asked of the database is answered before this.
  for (const { leases } of nodes) if (leases !== null) await storage.leases.beat('nobody')
}

interface World {
  readonly shared: Shared
  nodes: Node[]
  /** What was settled, wherever it is on record. */
  settled: GenerationRecord[]
  /** What nodes that crashed had settled and that was not in the database when their leases ended. */
  lost: GenerationRecord[]
  /** What could be spent beyond the limit because of them. */
  excess: number
}
type Step = (world: World) => Promise<void>
const pick = <Item>(items: readonly Item[], at: number): Item | undefined => items[at % Math.max(1, items.length)]

const beginRequest = fc
  .tuple(fc.nat(), fc.integer({ min: 16, max: 300 }), fc.integer({ min: 0, max: 3 }))
  .map(([at, maxTokens, calls]): Step => async ({ nodes }) => {
    await pick(nodes, at)?.begin(maxTokens, calls)
  })
const beginMany = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 16, max: 300 })), { minLength: 2, maxLength: 12 })
  .map((requests): Step => async ({ nodes }) => {
    await Promise.all(requests.map(async ([at, maxTokens]) => pick(nodes, at)?.begin(maxTokens, 1)))
  })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const nextTurn = fc
  .tuple(fc.nat(), fc.nat(), share, fc.integer({ min: 16, max: 100 }))
  .map(([at, which, part, maxTokens]): Step => async ({ nodes }) => {
    const node = pick(nodes, at)
    const request = pick(node?.requests ?? [], which)
    if (node === undefined || request === undefined) return
    node.bill(request, part)
    await node.turn(request, maxTokens, 1)
  })
const settle = fc.tuple(fc.nat(), fc.nat(), share).map(([at, which, part]): Step => async (world) => {
  const node = pick(world.nodes, at)
  const request = pick(node?.requests ?? [], which)
  if (node === undefined || request === undefined) return
  node.bill(request, part)
  node.settle(request)
  world.settled.push(...node.waiting.slice(-1))
})
/** A node bills, settles and gives other requests what they ask for while it waits for the database. */
const together = fc
  .tuple(fc.nat(), fc.nat(), share, fc.integer({ min: 16, max: 300 }))
  .map(([at, which, part, maxTokens]): Step => async (world) => {
    const node = pick(world.nodes, at)
    if (node === undefined) return
    const request = pick(node.requests, which)
    const other = pick(node.requests, which + 1)
    const begun = node.begin(maxTokens, 2)
    if (other !== undefined && other !== request) node.bill(other, part)
    if (request !== undefined) {
      node.bill(request, part)
      node.settle(request)
      world.settled.push(...node.waiting.slice(-1))
    }
    await begun
  })
const drain = fc.tuple(fc.nat(), fc.boolean()).map(([at, isInterrupted]): Step => async ({ nodes }) => {
  await pick(nodes, at)?.drain(isInterrupted)
})
const drainAll = fc.nat().map((at): Step => async ({ nodes }) => {
  const node = pick(nodes, at)
  for (const _ of node?.waiting.slice() ?? []) await node?.drain(false)
})
/** A node ends without warning, and is silent for so long that its leases end. Its journal stays. */
const crash = fc.nat().map((at): Step => async (world) => {
  const node = pick(world.nodes, at)
  if (node === undefined) return
  world.nodes = world.nodes.filter((other) => other !== node)
  world.lost.push(...node.waiting)
  world.excess += node.waiting.reduce((sum, { cost }) => sum + cost, 0)
  await node.leases?.close()
})
/** The journals of nodes that crashed are replayed. */
const replay = fc.constant<Step>(async ({ lost }) => {
  await storage.generations.write(lost.splice(0).map(toRecordText))
})
const join = fc.constant<Step>(async (world) => {
  if (world.nodes.length >= 4) return
  const node = new Node(`${world.shared.run}-node-${world.shared.made++}`, world.shared)
  await node.join()
  world.nodes.push(node)
})
const passTime = fc.constant<Step>(async ({ nodes }) => tick(nodes))
const nextDay = fc.constant<Step>(async ({ shared }) => {
  shared.now += dayMs
})
const raise = fc.integer({ min: 1, max: 500 }).map((amount): Step => async ({ shared }) => {
  shared.limit += amount
})

const step = fc.oneof(
  { arbitrary: beginRequest, weight: 8 },
  { arbitrary: beginMany, weight: 2 },
  { arbitrary: nextTurn, weight: 5 },
  { arbitrary: settle, weight: 8 },
  { arbitrary: together, weight: 5 },
  { arbitrary: drain, weight: 5 },
  { arbitrary: drainAll, weight: 3 },
  { arbitrary: crash, weight: 1 },
  { arbitrary: replay, weight: 1 },
  { arbitrary: join, weight: 2 },
  { arbitrary: passTime, weight: 3 },
  { arbitrary: nextDay, weight: 1 },
  { arbitrary: raise, weight: 1 },
)

const inPeriod = ({ reset, now }: Shared, createdAt: number): boolean =>
  reset === null || createdAt >= now - (now % dayMs)

/** What the nodes have spent and hold together in the current period, by a plain sum over all requests. */
function used({ shared, nodes, settled }: World): number {
  const running = nodes.flatMap(({ requests }) => requests)
  return (
    settled.reduce((sum, { cost, createdAt }) => sum + (inPeriod(shared, createdAt) ? cost : 0), 0) +
    running
      .filter(({ context }) => inPeriod(shared, context.createdAt))
      .reduce((sum, request) => sum + heldBy(request) + request.context.spent(), 0)
  )
}

let runs = 0
test('contract row 62: several nodes together spend no more than a limit, and what one does not need another can have', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const limits = fc.record({ limit: fc.integer({ min: 0, max: 1_000 }), reset: fc.constantFrom('daily', null) })
  const steps = fc.array(step, { minLength: 20, maxLength: 100, size: 'max' })
  await fc.assert(
    fc.asyncProperty(limits, steps, async (given, acts) => {
      const shared: Shared = { ...given, run: `run${runs++}`, now: begin, made: 0 }
      const world: World = { shared, nodes: [], settled: [], lost: [], excess: 0 }
      for (const name of ['a', 'b']) {
        const node = new Node(`${shared.run}-${name}`, shared)
        await node.join()
        world.nodes.push(node)
      }
      for (const act of acts) {
        await act(world)
        expect(used(world)).toBeLessThanOrEqual(shared.limit + world.excess)
      }
      // When everything has ended and is on record, one node can have all that is left.
      for (const node of world.nodes) {
        for (const request of [...node.requests]) {
          node.bill(request, 1)
          node.settle(request)
          world.settled.push(...node.waiting.slice(-1))
        }
        while (node.waiting.length > 0) await node.drain(false)
      }
      await storage.generations.write(world.lost.splice(0).map(toRecordText))
      for (let second = 0; second < 4; second++) await tick(world.nodes)
      const left = shared.limit - used(world)
      const [node] = world.nodes
      if (node !== undefined && left >= 16) {
        expect((await node.begin(left, 1)).calls).toHaveLength(1)
        expect((await node.begin(16, 1)).calls).toHaveLength(0)
      }
      for (const { leases } of world.nodes) await leases?.close()
    }),
    { numRuns: 150 },
  )
})

/** Starts nodes that share a limit, with a clock that stands still. */
async function nodesOf(limit: number, names: readonly string[], reset: Shared['reset'] = null) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const shared: Shared = { limit, reset, run: `run${runs++}`, now: begin, made: 0 }
  const nodes = names.map((name) => new Node(`${shared.run}-${name}`, shared))
  for (const node of nodes) {
    await node.join()
    onTestFinished(() => node.leases?.close())
  }
  return { shared, nodes }
}

const many = (node: Node | undefined, count: number) =>
  Promise.all(Array.from({ length: count }, async () => node?.begin(50, 1)))

test('a node whose spending has come on record has no more at hand than before', async () => {
  const { shared, nodes } = await nodesOf(1_000, ['a', 'b'])
  const [a, b] = nodes
  const settled: GenerationRecord[] = []
  const endAll = () => {
    for (const request of [...(a?.requests ?? [])]) {
      a?.bill(request, 1)
      a?.settle(request)
      settled.push(...(a?.waiting.slice(-1) ?? []))
    }
  }
  await many(a, 12)
  await tick(nodes)
  await many(b, 8)
  endAll()
  await many(a, 1)
  endAll()
  while ((a?.waiting.length ?? 0) > 0) await a?.drain(false)
  await tick(nodes)
  await many(a, 8)
  const world: World = { shared, nodes, settled, lost: [], excess: 0 }
  expect(used(world)).toBeLessThanOrEqual(1_000)
})

test('what was leased under a higher limit is not spent beyond a lower one', async () => {
  const { shared, nodes } = await nodesOf(1_000, ['a', 'b'])
  const [a, b] = nodes
  // Each has 100 at hand.
  await many(a, 2)
  await many(b, 2)
  await tick(nodes)
  shared.limit = 250
  const settled: GenerationRecord[] = []
  await Promise.all([many(a, 2), many(b, 2)])
  const world: World = { shared, nodes, settled, lost: [], excess: 0 }
  expect(used(world)).toBeLessThanOrEqual(250)
})

test('a lease is given back although the answer of the database was lost', async () => {
  const { nodes } = await nodesOf(1_000, ['a', 'b'])
  const [a, b] = nodes
  if (a === undefined || b === undefined) throw new Error('There are two nodes.')
  a.losesAnswers = true
  expect((await a.begin(900, 1)).calls).toHaveLength(0)
  a.losesAnswers = false
  await tick(nodes)
  expect((await b.begin(1_000, 1)).calls).toHaveLength(1)
})

test('what is spent after midnight leaves a request of the day before what it may still spend', async () => {
  const { shared, nodes } = await nodesOf(1_000, ['a'], 'daily')
  const [a] = nodes
  const late = await a?.begin(100, 1)
  if (a === undefined || late === undefined) throw new Error('There is one node.')
  shared.now += dayMs
  const today = await a.begin(950, 1)
  expect(today.calls).toHaveLength(1)
  a.bill(today, 1)
  a.settle(today)
  while (a.waiting.length > 0) await a.drain(false)
  for (let second = 0; second < 3; second++) await tick(nodes)
  a.bill(late, 1)
  await a.turn(late, 800, 1)
  expect(late.calls).toHaveLength(1)
})
