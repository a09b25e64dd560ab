import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../canonical/errors.ts'
import type { CallBatch, CallEvent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'
import { fanOut } from './fan-out.ts'

const text = (value: string, choice = 0): CallEvent => ({ type: 'text-delta', choice, text: value })
const end = (usage: Usage = { promptTokens: 1, completionTokens: 2 }): CallEvent => ({ type: 'call-end', usage })
const failure: CallEvent = {
  type: 'error',
  error: new GatewayError('rate_limit_exceeded'),
  retry: { scope: 'next-credential', afterMs: 5 },
}

/** A call that sends one batch at each command, and counts how many batches were requested. */
class Script {
  asked = 0
  readonly #batches: CallBatch[] = []
  #wake: () => void = () => {}
  #closed = false

  say(...events: readonly CallEvent[]): void {
    this.#batches.push(events)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CallBatch> {
    for (;;) {
      this.asked++
      while (this.#batches.length === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve))
      const batch = this.#batches.shift()
      if (batch === undefined) return
      yield batch
    }
  }
}

function fan(count: number, outer = new AbortController()) {
  const scripts = Array.from({ length: count }, () => new Script())
  let together: AbortSignal | undefined
  const batches = fanOut((signal) => {
    together = signal
    return scripts
  }, outer.signal)[Symbol.asyncIterator]()
  const [one = new Script(), two = new Script()] = scripts
  return {
    one,
    two,
    next: async () => (await batches.next()).value,
    leave: () => batches.return?.(),
    aborted: () => together?.aborted,
  }
}

describe('calls fanned out', () => {
  test('pass nothing on until each has content', async () => {
    const { one, two, next } = fan(2)
    const first = next()
    let handedOut = false
    void first.then(() => (handedOut = true))
    one.say({ type: 'start', upstreamId: 'a' }, text('1'))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(handedOut).toBe(false)
    expect(one.asked).toBe(1)
    two.say({ type: 'start', upstreamId: 'b' }, text('2'))
    expect(await first).toEqual([{ type: 'start', upstreamId: 'a' }, text('1'), text('2', 1)])
  })

  test('fail before that without any event that was held', async () => {
    const { one, two, next, aborted } = fan(2)
    one.say({ type: 'upstream-request', body: {} }, text('1'))
    two.say(failure)
    expect(await next()).toEqual([{ type: 'upstream-request', body: {} }, failure])
    expect(aborted()).toBe(true)
  })

  test('fail later with what came before, the others aborted by then', async () => {
    const { one, two, next, aborted } = fan(2)
    one.say(text('1'))
    two.say(text('2'))
    await next()
    expect(aborted()).toBe(false)
    one.say(text('3'), failure)
    expect(await next()).toEqual([text('3'), failure])
    expect(aborted()).toBe(true)
    expect(await next()).toBeUndefined()
  })

  test('end once, with the usage of all', async () => {
    const { one, two, next } = fan(2)
    one.say(text('1'), end({ promptTokens: 1, completionTokens: 2, cachedTokens: 1 }))
    two.say(text('2'), { type: 'usage', usage: {}, serviceTier: 'flex' }, end({ promptTokens: 3, completionTokens: 4 }))
    const usage = { promptTokens: 4, completionTokens: 6, cachedTokens: 1 }
    expect(await next()).toEqual([
      text('1'),
      text('2', 1),
      { type: 'usage', usage, serviceTier: 'flex' },
      { type: 'call-end', usage },
    ])
  })

  test('report no usage where one call reported none', async () => {
    const { one, two, next } = fan(2)
    one.say(text('1'), end())
    two.say(text('2'), end({}))
    expect(await next()).toEqual([text('1'), text('2', 1), { type: 'call-end', usage: {} }])
  })

  test('are not read ahead of the reader by more than a batch each', async () => {
    const { one, two, next } = fan(2)
    for (let count = 0; count < 10; count++) {
      one.say(text('1'))
      two.say(text('2'))
    }
    await next()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect([one.asked, two.asked]).toEqual([2, 2])
  })

  test('are aborted when the reader leaves', async () => {
    const { one, two, next, leave, aborted } = fan(2)
    one.say(text('1'))
    two.say(text('2'))
    await next()
    await leave()
    expect(aborted()).toBe(true)
  })

  test('fail when one closes without an ending', async () => {
    const { one, next } = fan(1)
    one.say(text('1'))
    await next()
    one.close()
    expect(await next()).toMatchObject([{ type: 'error', retry: { scope: 'next-endpoint' } }])
  })

  test('what one of them could not check is reported for the whole, once', async () => {
    const { one, two, next } = fan(2)
    one.say(text('a'), { type: 'call-end', usage: { promptTokens: 1 }, unchecked: ['response_format'] })
    two.say(text('b'), { type: 'call-end', usage: { promptTokens: 1 }, unchecked: ['response_format'] })
    const events: CallEvent[] = []
    while (!events.some(({ type }) => type === 'call-end')) events.push(...((await next()) ?? []))
    expect(events.at(-1)).toMatchObject({ type: 'call-end', unchecked: ['response_format'] })
  })
})
