import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { useVirtualTime } from '../../test/virtual-time.ts'
import { callerOf, eventsOf, failureOf, scriptUpstream, stream } from './testing/scripted-upstream.ts'

useVirtualTime()

/** How many milliseconds late a limit may take effect. */
const slackMs = 50

describe('connections that fail', () => {
  test('to be made send the router to the next endpoint', async () => {
    const port = await closedPort()
    expect(await failureOf(callerOf({ baseUrl: `http://127.0.0.1:${port}` })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
      message: 'Prov A cannot be reached (ECONNREFUSED).',
    })
    expect(await failureOf(callerOf({ baseUrl: 'http://nowhere..invalid' })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
    })
  })

  test('in the TLS handshake send the router to the next endpoint', async () => {
    const upstream = await scriptUpstream((_, response) => response.end())
    expect(await failureOf(callerOf({ baseUrl: upstream.url.replace('http', 'https') })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
    })
  })

  test('because nobody answers the TLS handshake do so within the limit', async () => {
    const server = createServer()
    const baseUrl = (await listening(server)).replace('http', 'https')
    const closed = once(server, 'connection').then(([socket]: Socket[]) => socket && once(socket.resume(), 'close'))
    const failure = await failureOf(callerOf({ baseUrl, timeouts: { connectMs: 400 } })())
    expect(failure).toMatchObject({
      kind: 'provider_timeout',
      scope: 'next-endpoint',
      message: 'Prov A accepted no connection within 0.4 s.',
    })
    expect(failure.afterMs).toBeGreaterThanOrEqual(400)
    expect(failure.afterMs).toBeLessThan(400 + slackMs)
    await closed
  })

  test.each(['reset', 'closed'])('before the answer (%s) may be tried again', async (how) => {
    const upstream = await scriptUpstream((request) => {
      if (how === 'reset') request.socket.resetAndDestroy()
      else request.socket.destroy()
    })
    expect(await failureOf(callerOf({ baseUrl: upstream.url })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'same',
    })
  })

  test.each(['reset', 'closed'])('within a stream (%s) end it with an error after what had arrived', async (how) => {
    const upstream = await scriptUpstream((request, response) => {
      stream(response, 'a', 'b')
      setTimeout(() => (how === 'reset' ? request.socket.resetAndDestroy() : request.socket.destroy()), 50)
    })
    const failure = await failureOf(callerOf({ baseUrl: upstream.url })())
    expect(failure).toMatchObject({ text: 'ab', kind: 'provider_unavailable', scope: 'next-endpoint' })
    expect(failure.message).toMatch(/^Prov A cut its answer before the end \(\w+\)\.$/)
    expect(failure.afterMs).toBeLessThan(50 + slackMs)
  })

  test('within a whole reply are no answer', async () => {
    const upstream = await scriptUpstream((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"text":')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await failureOf(callerOf({ baseUrl: upstream.url })({ stream: false }))).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
      text: '',
    })
  })

  test('by talking no HTTP are not tried again', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.write('220 mail ready\r\n')))
    expect(await failureOf(callerOf({ baseUrl: await listening(server) })())).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
    })
  })
})

describe('limits', () => {
  test.each([true, false])('the first token (headers sent: %s)', async (headers) => {
    const upstream = await scriptUpstream((_, response) => headers && stream(response))
    const failure = await failureOf(callerOf({ baseUrl: upstream.url, timeouts: { firstTokenMs: 400 } })())
    const failed = performance.now()
    expect(failure).toMatchObject({
      kind: 'provider_timeout',
      scope: 'next-endpoint',
      message: 'Prov A sent no token within 0.4 s.',
    })
    expect(failure.afterMs).toBeGreaterThanOrEqual(400)
    expect(failure.afterMs).toBeLessThan(400 + slackMs)
    expect((await upstream.closed(0)) - failed).toBeLessThan(slackMs)
  })

  test.each([
    ['comments', ': thinking\n\n'],
    ['frames without content', 'data: [ROLE]\n\n'],
  ])('the first token, but %s are signs of life', async (_, sign) => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response)
      const timer = setInterval(() => response.write(sign), 150)
      setTimeout(() => {
        clearInterval(timer)
        stream(response, 'at last', '[DONE]')
      }, 1_000)
    })
    const events = await eventsOf(callerOf({ baseUrl: upstream.url, timeouts: { firstTokenMs: 300, idleMs: 300 } })())
    expect(events.at(-1)?.type).toBe('call-end')
  })

  test.each([
    ['comments', ': thinking\n\n'],
    ['frames without content', 'data: [ROLE]\n\n'],
  ])('the first token, and %s are none where the router says so', async (_, sign) => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response)
      const timer = setInterval(() => response.write(sign), 50)
      response.on('close', () => clearInterval(timer))
    })
    const patience = { answerMs: 400, overdueMs: Infinity, commentsCount: false }
    const failure = await failureOf(callerOf({ baseUrl: upstream.url })({ patience }))
    expect(failure).toMatchObject({ kind: 'provider_timeout', message: 'Prov A sent no token within 0.4 s.' })
    expect(failure.afterMs).toBeGreaterThanOrEqual(400)
    expect(failure.afterMs).toBeLessThan(400 + slackMs)
  })

  test('the first token, whatever bytes dribble in without completing a frame', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response)
      const timer = setInterval(() => response.write('d'), 50)
      response.on('close', () => clearInterval(timer))
    })
    const failure = await failureOf(callerOf({ baseUrl: upstream.url, timeouts: { firstTokenMs: 300 } })())
    expect(failure.kind).toBe('provider_timeout')
    expect(failure.afterMs).toBeGreaterThanOrEqual(300)
    expect(failure.afterMs).toBeLessThan(300 + slackMs)
  })

  test('silence after the first token', async () => {
    const upstream = await scriptUpstream((_, response) => stream(response, 'a'))
    const failure = await failureOf(callerOf({ baseUrl: upstream.url, timeouts: { idleMs: 300 } })())
    const failed = performance.now()
    expect(failure).toMatchObject({ text: 'a', kind: 'provider_timeout' })
    expect(failure.message).toBe('Prov A stopped in the middle of its answer and did not go on within 0.3 s.')
    expect(failure.afterMs).toBeGreaterThanOrEqual(300)
    expect(failure.afterMs).toBeLessThan(300 + slackMs)
    expect((await upstream.closed(0)) - failed).toBeLessThan(slackMs)
  })

  test('silence, but not of a client that is slow to read', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a')
      setTimeout(() => stream(response, 'b', '[DONE]'), 100)
    })
    const call = callerOf({ baseUrl: upstream.url, timeouts: { idleMs: 200 } })
    let text = ''
    for await (const batch of call()) {
      for (const event of batch) if (event.type === 'text-delta') text += event.text
      if (text === 'a') await new Promise((resolve) => setTimeout(resolve, 700))
      else expect(batch.at(-1)?.type).toBe('call-end')
    }
    expect(text).toBe('ab')
  })

  test('the whole stream, however lively', async () => {
    const upstream = await scriptUpstream((_, response) => {
      const timer = setInterval(() => stream(response, '.'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const failure = await failureOf(callerOf({ baseUrl: upstream.url, timeouts: { totalMs: 500 } })())
    expect(failure).toMatchObject({
      kind: 'provider_timeout',
      message: 'Prov A did not finish its answer within 0.5 s.',
    })
    expect(failure.afterMs).toBeGreaterThanOrEqual(500)
    expect(failure.afterMs).toBeLessThan(500 + slackMs)
  })

  test('a whole reply, by the longest answer asked for but never above the total', async () => {
    const upstream = await scriptUpstream(() => {})
    const call = callerOf({ baseUrl: upstream.url, timeouts: { firstTokenMs: 100, idleMs: 100, totalMs: 400 } })
    const failure = await failureOf(call({ stream: false, maxTokens: 100 }))
    expect(failure.kind).toBe('provider_timeout')
    expect(failure.afterMs).toBeGreaterThanOrEqual(400)
    expect(failure.afterMs).toBeLessThan(400 + slackMs)
  })

  test('the size of an event', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a')
      const write = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536, 'x'), () => setImmediate(write))
      }
      setTimeout(write, 20)
    })
    const call = callerOf({ baseUrl: upstream.url, limits: { frameBytes: 300_000 } })
    expect(await failureOf(call())).toMatchObject({
      text: 'a',
      kind: 'provider_unavailable',
      message: 'Prov A sent an event of more than 300000 bytes.',
    })
    await upstream.closed(0)
  })
})

async function closedPort(): Promise<string> {
  const server = createServer()
  const url = await listening(server)
  server.close()
  await once(server, 'close')
  return new URL(url).port
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return `http://127.0.0.1:${address.port}`
}
