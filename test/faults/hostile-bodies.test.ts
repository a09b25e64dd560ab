import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { eventually } from './eventually.ts'
import { operations } from './operations.ts'
import { type RawReply, rawExchange } from './raw-exchange.ts'

const megabyte = 1024 * 1024

describe.each(operations)('$name: hostile bodies', ({ path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ limits: { body_mb: 16 } })
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  const body = (more: string): string => `${JSON.stringify({ model: 'acme/m1', ...ask }).slice(0, -1)},${more}}`
  const head = (...lines: readonly string[]): string =>
    [`POST ${path} HTTP/1.1`, 'host: x', `authorization: Bearer ${gateway.key}`, ...lines, '', ''].join('\r\n')
  /** Returns the head of a request after which the connection must close. */
  const lastHead = (...lines: readonly string[]): string => head('connection: close', ...lines)
  const post = (text: string, headers?: Readonly<Record<string, string>>) => gateway.post(path, text, headers)
  const postBytes = (bytes: Buffer, headers: Readonly<Record<string, string>> = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, ...headers },
      body: bytes,
    })
  const upstreamBody = (): unknown => gateway.simulator.journal().at(-1)?.body

  async function refusal(response: Response, status: number): Promise<string> {
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const { error } = Object(await response.json())
    expect(error).toMatchObject({ code: status, message: expect.any(String) })
    expect(gateway.simulator.journal()).toEqual([])
    return error.message
  }

  describe('too large', () => {
    function* hundredMegabytes(start: string, wrap: (piece: Buffer) => (string | Buffer)[]) {
      yield start
      const piece = Buffer.alloc(64 * 1024, 0x20)
      for (let sent = 0; sent < 100 * megabyte; sent += piece.length) yield* wrap(piece)
    }
    const chunked = (piece: Buffer) => [`${piece.length.toString(16)}\r\n`, piece, '\r\n']

    test('with a length: refused before the body is read', async () => {
      const start = head(`content-length: ${100 * megabyte}`)
      const reply = await rawExchange(
        gateway.url,
        hundredMegabytes(start, (piece) => [piece]),
      )
      expect(reply.status).toBe(413)
      expect(reply.text).toContain('"code":413')
      expect(reply.sent).toBeLessThan(32 * megabyte)
    })

    test('without a length: refused at the limit, in bounded memory', async () => {
      const before = process.memoryUsage().rss
      const start = head('transfer-encoding: chunked')
      const replies = await Promise.all(
        Array.from({ length: 4 }, () => rawExchange(gateway.url, hundredMegabytes(start, chunked))),
      )
      expect(replies.map(({ status }) => status)).toEqual([413, 413, 413, 413])
      for (const { sent } of replies) expect(sent).toBeLessThan(48 * megabyte)
      // The limit is four bodies of the largest size, held twice at most. The bodies themselves would be 400 MB.
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * megabyte)
    })

    test('a client with fetch receives the reason', async () => {
      await refusal(await postBytes(Buffer.alloc(17 * megabyte, 0x20)), 413)
    })
  })

  describe('compressed', () => {
    const bomb = Buffer.alloc(64 * megabyte, 0x20)
    test.each([
      ['gzip', gzipSync(bomb)],
      ['br', brotliCompressSync(bomb)],
      ['deflate', Buffer.from('x')],
    ])('%s is refused, not unpacked', async (encoding, bytes) => {
      expect(await refusal(await postBytes(bytes, { 'content-encoding': encoding }), 415)).toContain(encoding)
    })

    test('gzip without a content-encoding is not JSON', async () => {
      await refusal(await postBytes(gzipSync('{}')), 400)
    })
  })

  describe('deep and wide', () => {
    test.each([
      ['arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
      ['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
      ['unclosed arrays', '['.repeat(10_000_000)],
    ])('10,000 %s deep', async (_, nested) => {
      expect(await refusal(await post(body(`"deep":${nested}`)), 400)).toMatch(/128 levels/)
      expect(await refusal(await post(nested), 400)).toMatch(/128 levels/)
    })

    test.each([...Object.keys(ask), 'stop', 'models', 'provider', 'plugins', 'metadata'])(
      'a million wrong items in %s: a short refusal',
      async (field) => {
        const response = await post(body(`"${field}":[${'{},'.repeat(1_000_000).slice(0, -1)}]`))
        expect(response.status).toBe(400)
        expect((await response.text()).length).toBeLessThan(20_000)
      },
    )

    test('a million items in an unknown field are forwarded unchanged', async () => {
      const reply = await post(body(`"unknown":[${'1,'.repeat(1_000_000)}1]`))
      expect(reply.status).toBe(200)
    })

    test('a million keys', async () => {
      const keys = Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":0`).join(',')
      const response = await post(body(`"provider":{${keys}}`))
      expect(response.status).toBe(400)
      expect((await response.text()).length).toBeLessThan(20_000)
    })

    test('very long keys are not repeated', async () => {
      const long = 'k'.repeat(megabyte)
      for (const more of [`"provider":{"${long}":1}`, `"metadata":{"${long}":"x"}`, `"logit_bias":{"${long}":"x"}`]) {
        const response = await post(body(more))
        expect(response.status).toBe(400)
        expect((await response.text()).length).toBeLessThan(20_000)
      }
      expect((await post(body(`"${long}":1`))).status).toBe(200)
    })

    test('a million unknown models: not all of them are repeated', async () => {
      const models = Array.from({ length: 1_000_000 }, (_, i) => `"no/${i}"`).join(',')
      const response = await post(`{${JSON.stringify(ask).slice(1, -1)},"models":[${models}]}`)
      expect(response.status).toBe(400)
      expect((await response.text()).length).toBeLessThan(20_000)
    })

    test('very long values are not repeated', async () => {
      const long = JSON.stringify('v'.repeat(megabyte))
      for (const field of ['model', 'route', 'service_tier', 'session_id', 'response_format', 'temperature']) {
        const response = await post(body(`"${field}":${long}`))
        expect(response.status, field).toBe(400)
        expect((await response.text()).length, field).toBeLessThan(20_000)
      }
    })
  })

  describe('odd JSON', () => {
    test('of duplicate keys the last one counts', async () => {
      expect((await post(body('"temperature":9,"temperature":0.5,"seed":1,"seed":2'))).status).toBe(200)
      expect(upstreamBody()).toMatchObject({ temperature: 0.5, seed: 2 })
    })

    test.each([
      ['bytes that are no character', [0xff, 0xfe]],
      ['a cut character', [0xc3]],
      ['an overlong encoding', [0xc0, 0xaf]],
      ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ])('%s in a body that is otherwise valid', async (_, bytes) => {
      const [before = '', after = ''] = body('"note":"|"').split('|')
      const whole = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
      expect(await refusal(await postBytes(whole), 400)).toContain('UTF-8')
    })

    test.each([
      ['UTF-16', Buffer.from(body('"x":1'), 'utf16le')],
      ['a byte order mark in the middle', Buffer.from(body('\uFEFF"x":1'))],
      ['nothing', Buffer.alloc(0)],
      ['a zero byte', Buffer.from([0])],
    ])('%s', async (_, bytes) => {
      expect(await refusal(await postBytes(bytes), 400)).toContain('not valid JSON')
    })

    test.each([
      ['temperature', '1e999'],
      ['temperature', '-1e999'],
      ['top_p', '123456789012345678901234567890'],
      ['seed', '1e400'],
      ['seed', '0.1'],
      ['max_tokens', '-9007199254740993'],
      ['logit_bias', '{"1":1e999}'],
    ])('%s of %s', async (field, value) => {
      await refusal(await post(body(`"${field}":${value}`)), 400)
    })

    test('numbers at the edge of what fits', async () => {
      for (const more of ['"seed":9007199254740991', '"max_tokens":1e300', '"seed":-9007199254740991', '"x":1e308']) {
        expect((await post(body(more))).status, more).toBeLessThan(500)
      }
    })

    test('lone surrogates travel as they came, and are kept as well as a database can', async () => {
      const response = await post(
        body('"stop":["a\\ud800b"],"user":"\\udfff","session_id":"\\ud800","metadata":{"\\ud800":"\\udc00"}'),
      )
      expect(response.status).toBe(200)
      expect(upstreamBody()).toMatchObject({ stop: ['a\ud800b'] })
      const record = await gateway.get(`/api/v1/generation?id=${response.headers.get('x-generation-id')}`)
      expect(record.status).toBe(200)
      await refusal(
        await post(`{"model":"\\ud800","messages":[]}`).then((r) => (gateway.simulator.clearJournal(), r)),
        400,
      )
    })

    test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'])(
      '%s as a key, everywhere',
      async (name) => {
        const evil = `"${name}":{"polluted":true,"model":"evil/m","stream":true}`
        const places = [
          evil,
          `"metadata":{"${name}":"x"},"trace":{${evil}},"debug":{${evil}},"logit_bias":{"${name}":1}`,
          `"tools":[{"type":"function","function":{"name":"f","parameters":{${evil}},${evil}},${evil}}]`,
          `"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{${evil}}}}`,
          `"messages":[{"role":"user","content":[{"type":"text","text":"hi",${evil},"cache_control":{"type":"ephemeral"}}],${evil}}]`,
          `"messages":[{"role":"user","content":"hi",${evil}},{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"t",${evil}}]}]`,
          `"reasoning":{"effort":"low",${evil}}`,
        ]
        for (const more of places) {
          const response = await post(body(more))
          expect(response.status, more).toBe(200)
          expect(await response.json()).toMatchObject({ model: 'acme/m1' })
          const sent = upstreamBody()
          expect(sent).toMatchObject({ model: 'steady' })
          expect(sent).not.toHaveProperty('stream', true)
          expect(Object.hasOwn(Object(sent), '__proto__')).toBe(false)
        }
        for (const more of [`"provider":{${evil}}`, `"model":"${name}"`, `"service_tier":"${name}"`]) {
          gateway.simulator.clearJournal()
          await refusal(await post(body(more)), 400)
        }
        await gateway.get(`/api/v1/models?sort=${name}`).then((response) => expect(response.status).toBe(400))
        await gateway
          .get(`/api/v1/models/${name}/${name}/endpoints`)
          .then((response) => expect(response.status).toBe(404))
        expect(Reflect.get({}, 'polluted')).toBeUndefined()
        expect(Reflect.get(Object, 'polluted')).toBeUndefined()
      },
    )
  })

  describe('odd requests', () => {
    test('a length that is absent, doubled, contradicted or no number', async () => {
      const valid = JSON.stringify({ model: 'acme/m1', ...ask })
      const ask400 = (...lines: readonly string[]) => rawExchange(gateway.url, [lastHead(...lines) + valid])
      const replies: readonly RawReply[] = await Promise.all([
        ask400(),
        ask400(`content-length: ${valid.length}`, `content-length: ${valid.length + 1}`),
        ask400(`content-length: ${valid.length}`, 'transfer-encoding: chunked'),
        ask400('content-length: -1'),
        ask400('content-length: 1e3'),
        ask400('transfer-encoding: gzip, chunked, identity'),
      ])
      expect(replies.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400])
      expect(gateway.simulator.journal()).toEqual([])
      expect((await ask400(`content-length: ${valid.length}`)).status).toBe(200)
    })

    test('thousands of headers, and huge ones', async () => {
      const many = Array.from({ length: 20_000 }, (_, i) => `x-${i}: y`)
      expect((await rawExchange(gateway.url, [head(...many)])).status).toBe(431)
      expect((await rawExchange(gateway.url, [head(`x-long: ${'y'.repeat(megabyte)}`)])).status).toBe(431)
      expect((await rawExchange(gateway.url, [lastHead(`authorization: Bearer ${'y'.repeat(8_000)}`)])).status).toBe(
        400,
      )
      const allowed = Array.from({ length: 500 }, (_, i) => `x-${i}: y`)
      expect((await rawExchange(gateway.url, [lastHead(...allowed, 'content-length: 2') + '{}'])).status).toBe(400)
    })

    test('bytes that are no HTTP', async () => {
      expect((await rawExchange(gateway.url, [Buffer.alloc(1000, 0xff)])).status).toBe(400)
      expect((await rawExchange(gateway.url, [head('content-length: 2', 'x y: z') + '{}'])).status).toBe(400)
    })

    test('a body that breaks off is logged and forgotten', async () => {
      const before = gateway.log.length
      const { hostname, port } = new URL(gateway.url)
      const socket = connect(Number(port), hostname)
      await new Promise((resolve) => socket.write(`${head('content-length: 1000')}{"model":`, resolve))
      socket.destroy()
      const line = await eventually(() => gateway.log.slice(before).find((text) => text.includes('"aborted":true')))
      expect(line).not.toContain('unexpected failure')
    })
  })

  describe('what trickles in', () => {
    let impatient: TestGateway
    beforeAll(async () => {
      impatient = await startGateway({}, { headersMs: 500, requestMs: 1_500, checkMs: 100 })
    })
    afterAll(() => impatient.close())

    async function* trickle(start: string, byte: string) {
      yield start
      // Sends a byte every 50 ms for longer than any test waits.
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        yield byte
      }
    }

    test('headers are cut off', async () => {
      const reply = await rawExchange(impatient.url, trickle(`POST ${path} HTTP/1.1\r\nx-slow: `, 'y'))
      expect(reply.status).toBe(408)
    })

    test.each([
      ['with a length', 'content-length: 1000', ' '],
      ['in chunks', 'transfer-encoding: chunked', '1\r\n \r\n'],
    ])('a body %s is cut off, and the client is not called an error of ours', async (_, line, byte) => {
      const reply = await rawExchange(impatient.url, trickle(head(line), byte))
      expect(reply.status).toBe(408)
      expect(impatient.log.join('')).not.toContain('unexpected failure')
    })
  })

  test('meanwhile small requests are served unharmed', async () => {
    const image = `data:image/png;base64,${'A'.repeat(8 * megabyte)}`
    const large = JSON.stringify({
      model: 'acme/m1',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] }],
    })
    const start = head('transfer-encoding: chunked')
    const filler = Buffer.alloc(64 * 1024, 0x5b)
    function* flood() {
      yield start
      for (let i = 0; i < 1_600; i++) yield* [`${filler.length.toString(16)}\r\n`, filler, '\r\n']
    }
    const hostile = [
      ...Array.from({ length: 10 }, () =>
        gateway.post('/api/v1/chat/completions', large).then((reply) => reply.text()),
      ),
      ...Array.from({ length: 4 }, () => rawExchange(gateway.url, flood())),
      ...Array.from({ length: 20 }, () => post(`{"a":${'['.repeat(1_000_000)}`).then((reply) => reply.text())),
    ]
    const small = await Promise.all(
      Array.from({ length: 200 }, async () => readStream(await post(body('"stream":true')))),
    )
    expect(small.filter(({ done, chunks }) => done && chunks.at(-1)?.usage !== undefined)).toHaveLength(200)
    await Promise.all(hostile)
    expect((await post(body('"seed":1'))).status).toBe(200)
  })

  test('through all of this there was no failure of ours', () => {
    const lines = gateway.log.map((line): Record<string, unknown> => JSON.parse(line))
    expect(lines.filter(({ msg, status }) => msg === 'unexpected failure' || status === 500)).toEqual([])
  })
})
