import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GatewayError } from '../canonical/errors.ts'
import { freeCallHold, type Hold } from '../canonical/hold.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { answers, candidateOf, endpointOf, fails, ScriptedCalls, stateOf, usually } from './testing/scripted-calls.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const [a, b, c] = ['a', 'b', 'c'].map((id) => candidateOf(endpointOf(id)))
if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.')

/** A hold of so many calls at once, at the endpoints that it covers at all. It notes what is held and released, in order. */
class CountedHold implements Hold<Endpoint> {
  readonly log: string[] = []
  readonly #covered: ReadonlySet<string>
  #left: number

  constructor(covered: readonly string[], left: number) {
    this.#covered = new Set(covered)
    this.#left = left
  }

  affords = ({ id }: Endpoint): boolean => this.#left > 0 && this.#covered.has(id)
  cover = (endpoint: Endpoint) => {
    if (!this.affords(endpoint)) return null
    this.#left--
    this.log.push(`+${endpoint.id}`)
    const cost = (amount: number): void => void this.log.push(`=${endpoint.id} ${amount}`)
    let isReleased = false
    const release = (): void => {
      if (isReleased) return
      isReleased = true
      this.#left++
      this.log.push(`-${endpoint.id}`)
    }
    return { ...freeCallHold, cost, release }
  }
  refusal = () => new GatewayError('permission_denied', 'The key has nothing left.')
  release = (): void => {}
}

async function ended(script: ConstructorParameters<typeof ScriptedCalls>[0]) {
  const calls = new ScriptedCalls(script)
  const running = calls.run()
  await vi.runAllTimersAsync()
  return { called: calls.called, turn: await running }
}

const broken = [[fails('provider_unavailable', 'same')]]
const fine = [answers('fine')]
const hedged = { a: { at: 'p95', budget: 1 } } as const
const states = { a: stateOf({ usualLatency: usually(100) }) }

test('each call holds before it begins, and a failed one releases before the next: a retry and another endpoint', async () => {
  const hold = new CountedHold(['a', 'b'], 1)
  const { called, turn } = await ended({ candidates: [a, b], steps: { a: broken, b: fine }, hold })
  expect(called).toEqual(['a', 'a', 'b'])
  expect(turn).toMatchObject({ type: 'committed', candidate: b })
  expect(hold.log).toEqual(['+a', '-a', '+a', '-a', '+b'])
})

test('a candidate that cannot be covered is passed over', async () => {
  const hold = new CountedHold(['c'], 1)
  const { called, turn } = await ended({ candidates: [a, b, c], steps: { a: fine, b: fine, c: fine }, hold })
  expect(called).toEqual(['c'])
  expect(turn).toMatchObject({ type: 'committed', candidate: c })
})

test('the refusal comes where no candidate can be covered', async () => {
  const { called, turn } = await ended({ candidates: [a, b], steps: {}, hold: new CountedHold([], 1) })
  expect(called).toEqual([])
  expect(turn).toMatchObject({ type: 'exhausted', error: { message: 'The key has nothing left.' } })
})

test('a retry that cannot be covered any more is not made', async () => {
  const hold = new CountedHold(['a'], 1)
  const other = { taken: false }
  const { called, turn } = await ended({
    candidates: [a],
    steps: { a: broken },
    hold: {
      affords: hold.affords,
      refusal: hold.refusal,
      release: hold.release,
      // Another request takes what was released, while this one waits to try again.
      cover: (endpoint) => (other.taken ? null : ((other.taken = true), hold.cover(endpoint))),
    },
  })
  expect(called).toEqual(['a'])
  expect(turn).toMatchObject({ type: 'exhausted', error: { kind: 'provider_unavailable' } })
})

test('an answer that does not fit holds its cost only, and one at the account’s own key all, since its price is not the cost', async () => {
  const unfit = [
    { type: 'finish', choice: 0, reason: 'stop', native: 'schema_mismatch', isUnfit: true },
    { type: 'usage', usage: { promptTokens: 7, completionTokens: 0 } },
    { type: 'call-end', usage: {} },
  ] as const
  const steps = { a: [[unfit]], own: [[unfit]], b: fine }
  const hold = new CountedHold(['a', 'b', 'own'], 2)
  await ended({ candidates: [a, b], steps, hold })
  expect(hold.log).toEqual(['+a', '=a 7', '+b'])
  const ownHold = new CountedHold(['a', 'b', 'own'], 2)
  const own = candidateOf(endpointOf('own', { byok: 'byok-1' }))
  expect(await ended({ candidates: [own, b], steps, hold: ownHold })).toMatchObject({ called: ['own', 'b'] })
  expect(ownHold.log).toEqual(['+own', '+b'])
})

test('a hedge that cannot be covered is not made, and the first call goes on', async () => {
  const script = { candidates: [a, b], states, hedged, steps: { a: [answers('from a', 300)], b: fine } }
  expect(await ended({ ...script, hold: new CountedHold(['a', 'b'], 1) })).toMatchObject({
    called: ['a'],
    turn: { candidate: a },
  })
  const two = new CountedHold(['a', 'b'], 2)
  expect(await ended({ ...script, hold: two })).toMatchObject({ called: ['a', 'b'], turn: { candidate: b } })
  expect(two.log).toEqual(['+a', '+b', '-a'])
})
