import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  batchesOf,
  callerOf,
  credentialOf,
  eventsOf,
  failureOf,
  scriptUpstream,
  stream,
} from './testing/scripted-upstream.ts'
import { useVirtualTime } from '../../test/virtual-time.ts'

useVirtualTime()

const text = (value: string): object => ({ type: 'text-delta', choice: 0, text: value })
const end = { type: 'call-end', usage: { completionTokens: 1 } }

describe('a stream', () => {
  test('becomes the events of its frames and one end', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, '[ROLE]', 'Hello')
      setTimeout(() => {
        stream(response, ' world', '[DONE]')
        response.end()
      }, 20)
    })
    const call = callerOf({ baseUrl: upstream.url })
    expect(await eventsOf(call())).toEqual([text('Hello'), text(' world'), end])
  })

  test('comes in batches: one for everything that one read brought', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a', 'b', 'c')
      setTimeout(() => stream(response, 'd', 'e', '[DONE]', 'after the end'), 30)
    })
    const call = callerOf({ baseUrl: upstream.url })
    const batches = await batchesOf(call())
    expect(batches).toEqual([
      [text('a'), text('b'), text('c')],
      [text('d'), text('e'), end],
    ])
  })

  test('ends at once at its last frame, though the server keeps the connection open', async () => {
    const upstream = await scriptUpstream((_, response) => stream(response, 'a', '[DONE]'))
    const call = callerOf({ baseUrl: upstream.url })
    const start = performance.now()
    expect(await eventsOf(call())).toEqual([text('a'), end])
    expect(performance.now() - start).toBeLessThan(100)
    const closedAfter = (await upstream.closed(0)) - start
    expect(closedAfter).toBeGreaterThanOrEqual(1_000)
    expect(closedAfter).toBeLessThan(1_100)
  })

  test('that closes without its last frame is judged by the protocol', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a')
      response.end()
    })
    expect(await failureOf(callerOf({ baseUrl: upstream.url })())).toMatchObject({ text: 'a', message: 'no [DONE]' })
  })

  test('that ends right after its last line is complete', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a')
      response.end('data: [DONE]\n')
    })
    expect(await eventsOf(callerOf({ baseUrl: upstream.url })())).toEqual([text('a'), end])
  })

  test('ends with an error that the upstream sends in it', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response, 'a', '[ERROR]', 'after', '[DONE]')
      response.end()
    })
    expect(await failureOf(callerOf({ baseUrl: upstream.url })())).toMatchObject({
      text: 'a',
      message: 'in the stream',
    })
  })

  test('that was answered with plain JSON is decoded as such', async () => {
    const upstream = await scriptUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"text":"whole"}')
    })
    expect(await eventsOf(callerOf({ baseUrl: upstream.url })())).toEqual([text('whole'), end])
  })

  test('shows the body that is sent, when the client asked for it, and its comments as life signs', async () => {
    const upstream = await scriptUpstream((_, response) => {
      stream(response)
      response.end(': still thinking\n\ndata: [DONE]\n\n')
    })
    const events = await eventsOf(callerOf({ baseUrl: upstream.url })({ echo: true }))
    expect(events).toEqual([{ type: 'upstream-request', body: { models: ['acme/m1'] } }, { type: 'alive' }, end])
  })
})

describe('a whole reply', () => {
  test('is decoded at once', async () => {
    const upstream = await scriptUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"text":"who')
      setTimeout(() => response.end('le 😀"}'), 20)
    })
    const batches = await batchesOf(callerOf({ baseUrl: upstream.url })({ stream: false }))
    expect(batches).toEqual([[text('whole 😀'), end]])
  })

  test('that is no JSON is no answer', async () => {
    const upstream = await scriptUpstream((_, response) => response.end('neither'))
    expect(await failureOf(callerOf({ baseUrl: upstream.url })({ stream: false }))).toMatchObject({
      kind: 'provider_unavailable',
      scope: 'next-endpoint',
      message: 'Prov A sent a reply that is not valid JSON.',
    })
  })

  test('beyond the cap is refused, and its connection destroyed', async () => {
    const upstream = await scriptUpstream((_, response) => {
      response.writeHead(200)
      const write = (): void =>
        void (response.destroyed || (response.write(Buffer.alloc(65_536, ' ')), setImmediate(write)))
      write()
    })
    const call = callerOf({ baseUrl: upstream.url, limits: { replyBytes: 200_000 } })
    expect(await failureOf(call({ stream: false }))).toMatchObject({
      kind: 'provider_unavailable',
      message: 'Prov A sent a reply of more than 200000 bytes.',
    })
    await upstream.closed(0)
  })
})

describe('a refusal', () => {
  test.each([
    ['JSON', '{"error":{"message":"slow down"}}', { error: { message: 'slow down' } }],
    ['text', 'upstream is down', 'upstream is down'],
    ['nothing', '', ''],
    ['too much', ' '.repeat(1_100_000), null],
  ])('with %s in its body is decoded by the protocol', async (_, body, raw) => {
    const upstream = await scriptUpstream((_, response) => response.writeHead(429, { 'retry-after': '2' }).end(body))
    const [last] = await eventsOf(callerOf({ baseUrl: upstream.url })())
    expect(last).toMatchObject({
      type: 'error',
      error: { message: 'status 429', details: { raw } },
      retry: { afterMs: 2_000 },
    })
  })

  test('whose body never comes is known by its status', async () => {
    const upstream = await scriptUpstream((_, response) => response.writeHead(500).write('{"err'))
    const failure = await failureOf(callerOf({ baseUrl: upstream.url })())
    expect(failure.message).toBe('status 500')
    expect(failure.afterMs).toBeGreaterThanOrEqual(2_000)
    expect(failure.afterMs).toBeLessThan(2_100)
  })

  test('of a redirect is not followed', async () => {
    const upstream = await scriptUpstream((_, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    expect(await failureOf(callerOf({ baseUrl: upstream.url })())).toMatchObject({
      kind: 'provider_unavailable',
      message: expect.stringContaining('status 302'),
    })
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('the request', () => {
  test('has the address, the credentials and the headers of provider and protocol', async () => {
    const upstream = await scriptUpstream((_, response) => response.end('{"text":""}'))
    const provider = { headers: { 'x-provider': 'prov-a' } }
    await eventsOf(callerOf({ baseUrl: `${upstream.url}/v1/?api-version=7`, provider })({ stream: false }))
    expect(upstream.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/speak?api-version=7',
      headers: {
        authorization: 'Bearer sk-canary',
        'content-type': 'application/json',
        'accept-encoding': 'identity',
        'x-protocol': 'plain',
        'x-provider': 'prov-a',
      },
    })
  })

  test('has no authorization where the provider needs none', async () => {
    const upstream = await scriptUpstream((_, response) => response.end('{"text":""}'))
    await eventsOf(callerOf({ baseUrl: upstream.url, provider: { credentials: [credentialOf()] } })({ stream: false }))
    expect(upstream.requests[0]?.headers).not.toHaveProperty('authorization')
  })
})

describe('a mistake', () => {
  test('of ours is a masked error and closes the connection', async () => {
    const upstream = await scriptUpstream((_, response) => stream(response, 'a', '[BUG]'))
    const failure = await failureOf(callerOf({ baseUrl: upstream.url })())
    expect(failure).toMatchObject({ kind: 'server', message: 'Internal Server Error' })
    await upstream.closed(0)
  })

  test('in the configuration is named', async () => {
    const upstream = await scriptUpstream((_, response) => response.end())
    const call = callerOf({ baseUrl: upstream.url, spoken: { protocol: 'cohere-chat', quirks: {} } })
    expect(await failureOf(call())).toMatchObject({ kind: 'server', message: expect.stringContaining('prov-a') })
  })

  test('a credential that is there no more leads to the next one, and nobody is called', async () => {
    const upstream = await scriptUpstream((_, response) => response.end('{"text":""}'))
    const other = credentialOf('sk-canary')
    const provider = { credentials: [{ ...other, reference: { ...other.reference, id: 'another' } }] }
    const failure = await failureOf(callerOf({ baseUrl: upstream.url, provider })())
    expect(failure).toMatchObject({ kind: 'server', scope: 'next-credential' })
    expect(upstream.requests).toEqual([])
  })

  test('in a key never shows the key', async () => {
    const upstream = await scriptUpstream((_, response) => response.end())
    const events = await eventsOf(
      callerOf({ baseUrl: upstream.url, provider: { credentials: [credentialOf('sk-canary\n')] } })(),
    )
    expect(events).toMatchObject([{ type: 'error', error: { kind: 'provider_unavailable' } }])
    expect(inspect(events, { depth: 10, showHidden: true })).not.toContain('sk-canary')
  })
})
