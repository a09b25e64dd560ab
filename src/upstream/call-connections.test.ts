import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { standstill } from '../../test/standstill.ts'
import { useVirtualTime } from '../../test/virtual-time.ts'
import { callerOf, eventsOf, failureOf, scriptUpstream, stream } from './testing/scripted-upstream.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** Sends an endless stream of tokens, one every 5 ms. */
function babble(response: ServerResponse): void {
  const timer = setInterval(() => stream(response, 'token'), 5)
  response.on('close', () => clearInterval(timer))
}

describe('the upstream connection is closed', () => {
  useVirtualTime()

  test('at once when the reader stops early', async () => {
    const upstream = await scriptUpstream((_, response) => babble(response))
    let left = 0
    for await (const batch of callerOf({ baseUrl: upstream.url })()) {
      expect(batch.length).toBeGreaterThan(0)
      left = performance.now()
      break
    }
    expect((await upstream.closed(0)) - left).toBeLessThan(50)
  })

  test.each(['before the headers', 'before the first token', 'between tokens'])(
    'at once when the client leaves %s',
    async (when) => {
      const client = new AbortController()
      const upstream = await scriptUpstream((_, response) => {
        if (when === 'before the first token') stream(response)
        if (when === 'between tokens') stream(response, 'a')
      })
      const failure = failureOf(callerOf({ baseUrl: upstream.url })({ signal: client.signal }))
      while (upstream.requests.length === 0) await sleep(5)
      await sleep(50)
      client.abort()
      const left = performance.now()
      expect(await failure).toMatchObject({ scope: 'never' })
      expect((await upstream.closed(0)) - left).toBeLessThan(50)
      expect(getEventListeners(client.signal, 'abort')).toHaveLength(0)
    },
  )

  test('at once when the client leaves while the reader is busy with a batch', async () => {
    const client = new AbortController()
    const upstream = await scriptUpstream((_, response) => babble(response))
    const call = callerOf({ baseUrl: upstream.url })({ signal: client.signal })
    await call.next()
    client.abort()
    const left = performance.now()
    expect((await upstream.closed(0)) - left).toBeLessThan(50)
    expect(await failureOf(call)).toMatchObject({ scope: 'never' })
  })

  test('and never opened when the client had left before', async () => {
    const upstream = await scriptUpstream((_, response) => babble(response))
    const failure = await failureOf(callerOf({ baseUrl: upstream.url })({ signal: AbortSignal.abort() }))
    expect(failure.scope).toBe('never')
    expect(upstream.sockets).toHaveLength(0)
  })

  test('or kept for another call when the client leaves while it is being made', async () => {
    const client = new AbortController()
    const upstream = await scriptUpstream((_, response) => response.end('{"text":""}'))
    const call = callerOf({ baseUrl: upstream.url })
    const failure = failureOf(call({ stream: false, signal: client.signal }))
    client.abort()
    expect(await failure).toMatchObject({ scope: 'never' })
    while (upstream.sockets.length === 0) await sleep(5)
    await eventsOf(call({ stream: false }))
    expect(upstream.sockets).toHaveLength(1)
    expect(upstream.requests).toHaveLength(1)
  })

  test('soon when the server goes on talking after the last frame', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a', '[DONE]')
      const timer = setInterval(() => response.write(Buffer.alloc(16_384, 'x')), 5)
      response.on('close', () => clearInterval(timer))
    })
    expect((await eventsOf(callerOf({ baseUrl: upstream.url })())).at(-1)?.type).toBe('call-end')
    const ended = performance.now()
    // The connection to a silent server is kept open longer, because it could be used again.
    expect((await upstream.closed(0)) - ended).toBeLessThan(500)
  })

  test('and everything else given back before the last batch is handed out', async () => {
    const { signal } = new AbortController()
    const upstream = await scriptUpstream((_, response) => stream(response, 'a', '[ERROR]'))
    const call = callerOf({ baseUrl: upstream.url })({ signal })
    const { value } = await call.next()
    expect(value?.at(-1)?.type).toBe('error')
    // The reader never continues, like the attempt loop after an error.
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await upstream.closed(0)
  })
})

describe('a connection is used again', () => {
  describe('in virtual time', () => {
    useVirtualTime()

    test('after a refusal, and after a stream whose server ends a little after its last frame', async () => {
      const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      const upstream = await scriptUpstream((_, response) => {
        if (upstream.requests.length === 1) {
          response.writeHead(503).end('{"error":"busy"}')
        } else {
          stream(response, 'a', '[DONE]')
          setTimeout(() => response.end(': goodbye\n\n'), 100)
        }
      })
      const call = callerOf({ baseUrl: upstream.url })
      expect((await failureOf(call())).message).toBe('status 503')
      await pass(20)
      await eventsOf(call())
      await pass(200)
      await eventsOf(call())
      expect(upstream.requests).toHaveLength(3)
      expect(upstream.sockets).toHaveLength(1)
    })
  })

  test('by a thousand calls, which leave nothing behind', async () => {
    const { signal } = new AbortController()
    let served = 0
    const upstream = await scriptUpstream((_, response) => {
      if (served++ % 2 === 1) stream(response, 'a', 'b', '[DONE]')
      response.end('{"text":"x"}')
    })
    const call = callerOf({ baseUrl: upstream.url })
    const before = timers()
    for (let n = 0; n < 1_000; n++) {
      const events = await eventsOf(call({ stream: n % 2 === 1, signal }))
      expect(events.at(-1)?.type).toBe('call-end')
    }
    // Two, since undici lets a turn of the event loop pass before it uses a connection again.
    expect(upstream.sockets.length).toBeLessThanOrEqual(2)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(timers()).toBeLessThanOrEqual(before + 3)
  })
})

test('concurrent calls have a connection each', async () => {
  const open: ServerResponse[] = []
  const upstream = await scriptUpstream((_, response) => {
    stream(response, 'a')
    open.push(response)
    if (open.length === 50) for (const one of open) stream(one, '[DONE]')
  })
  const call = callerOf({ baseUrl: upstream.url })
  const calls = await Promise.all(Array.from({ length: 50 }, () => eventsOf(call())))
  expect(calls.every((events) => events.at(-1)?.type === 'call-end')).toBe(true)
  expect(upstream.sockets).toHaveLength(50)
})

test('a slow reader stops the upstream, and still gets everything', async () => {
  const frame = 'x'.repeat(16_384)
  const frames = 3_000
  let sent = 0
  const upstream = await scriptUpstream((_, response) => {
    const send = (): void => {
      while (sent < frames) {
        sent++
        if (!response.write(`data: ${frame}\n\n`)) return void response.once('drain', send)
      }
      response.end('data: [DONE]\n\n')
    }
    stream(response)
    send()
  })
  const call = callerOf({ baseUrl: upstream.url, timeouts: { idleMs: 300 } })
  let received = 0
  let paused = false
  for await (const batch of call()) {
    received += batch.filter((event) => event.type === 'text-delta' && event.text === frame).length
    if (paused) continue
    paused = true
    const stuckAt = await standstill(() => sent)
    // This is longer than the limit of silence.
    await sleep(500)
    expect(sent).toBe(stuckAt)
    // The data under way is in the system's socket buffers; almost none of it is in this process.
    expect(sent).toBeLessThan(frames / 2)
    expect(upstream.sockets[0]?.destroyed).toBe(false)
  }
  expect(received).toBe(frames)
})
