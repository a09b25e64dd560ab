import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import * as zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { callerOf, eventsOf, failureOf, scriptUpstream } from './testing/scripted-upstream.ts'

const whole = JSON.stringify({ text: 'ab' })
const events = ['a', 'b', '[DONE]'].map((data) => `data: ${data}\n\n`).join('')

/** Returns the outcome of a call that gets this reply, as one text. */
async function told(
  respond: (response: ServerResponse) => void,
  stream: boolean,
  limits: { readonly frameBytes?: number; readonly replyBytes?: number } = {},
): Promise<string> {
  const upstream = await scriptUpstream((_, response) => respond(response))
  const read = await eventsOf(callerOf({ baseUrl: upstream.url, limits })({ stream }))
  const last = read.at(-1)
  if (last?.type === 'error') return last.error.message
  return read.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}

const as = (type: string | undefined, body: string | Buffer, encoding?: string) => (response: ServerResponse) =>
  response
    .writeHead(200, {
      ...(type !== undefined && { 'content-type': type }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    })
    .end(body)

describe.each([true, false])('a reply to stream: %s is read by its bytes and its type', (stream) => {
  const types = [
    'application/json',
    'Application/JSON; charset=utf-8',
    'text/event-stream',
    'Text/Event-Stream;charset=UTF-8',
    'text/plain',
    'text/html',
    'application/octet-stream',
    undefined,
  ]
  test.each(
    types.flatMap((type) => [whole, `\n \r\n${whole}\n`, `\uFEFF${whole}`].map((body) => [type, body] as const)),
  )('%s: JSON %j', async (type, body) => {
    expect(await told(as(type, body), stream)).toBe('ab')
  })
  test.each(
    types.flatMap((type) =>
      [
        events,
        `\n\n${events}`,
        `: hi\n\n${events}`,
        `event: x\n${events}`,
        `id: 1\n${events}`,
        `retry:1\n${events}`,
        `\uFEFF${events}`,
      ].map((body) => [type, body] as const),
    ),
  )('%s: events %j', async (type, body) => {
    expect(await told(as(type, body), stream)).toBe('ab')
  })
  test.each(['text/html', 'application/json', undefined])('%s: a page', async (type) => {
    expect(await told(as(type, '<!DOCTYPE html><p>Welcome'), stream)).toContain('has no API at')
  })
  test('in pieces of one byte', async () => {
    for (const body of [` ${whole}`, `\n${events}`]) {
      const respond = async (response: ServerResponse): Promise<void> => {
        response.writeHead(200).flushHeaders()
        for (const byte of Buffer.from(body)) {
          response.write(Buffer.from([byte]))
          await new Promise(setImmediate)
        }
        response.end()
      }
      expect(await told((response) => void respond(response), stream)).toBe('ab')
    }
  })
  test('that is empty', async () => {
    expect(await told(as('application/json', ''), stream)).toBe('Prov A sent a reply that is not valid JSON.')
    expect(await told(as('text/event-stream', ''), stream)).toBe('no [DONE]')
  })
})

const packers: Readonly<Record<string, (text: string | Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  GZIP: zlib.gzipSync,
  deflate: zlib.deflateSync,
  'deflate, without its header': zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
  'gzip, br': (text) => zlib.brotliCompressSync(zlib.gzipSync(text)),
  'identity, gzip': zlib.gzipSync,
}

describe.each(Object.entries(packers))('a body in the encoding %s', (name, pack) => {
  const encoding = name.replace(', without its header', '')
  test.each([true, false])('is unpacked, asked for stream: %s', async (stream) => {
    expect(await told(as('text/event-stream', pack(events), encoding), stream)).toBe('ab')
    expect(await told(as('application/json', pack(whole), encoding), stream)).toBe('ab')
  })

  test('is unpacked in a refusal', async () => {
    const upstream = await scriptUpstream((_, response) =>
      response.writeHead(503, { 'content-encoding': encoding }).end(pack('{"why":"no"}')),
    )
    const [last] = await eventsOf(callerOf({ baseUrl: upstream.url })())
    expect(last).toMatchObject({ type: 'error', error: { details: { raw: { why: 'no' }, upstreamStatus: 503 } } })
  })

  test('of more bytes than are taken is refused', async () => {
    const many = 4_000_000
    const limits = { replyBytes: 100_000, frameBytes: 1_000 }
    const refused = 'Prov A sent a packed body of more than 100000 bytes.'
    expect(await told(as('application/json', pack(`{"text":"${'x'.repeat(many)}"}`), encoding), false, limits)).toBe(
      refused,
    )
    const comments = ': so far so good\n\n'.repeat(many / 20)
    expect(await told(as('text/event-stream', pack(comments), encoding), true, limits)).toBe(refused)
    const upstream = await scriptUpstream((_, response) =>
      response.writeHead(400, { 'content-encoding': encoding }).end(pack(' '.repeat(many))),
    )
    expect(await failureOf(callerOf({ baseUrl: upstream.url })())).toMatchObject({ message: 'status 400' })
  })

  test('that breaks off is no answer', async () => {
    const cut = pack(`{"text":"${Array.from({ length: 5_000 }, (_, at) => at).join(' ')}"}`)
    expect(await told(as('application/json', cut.subarray(0, cut.length / 2), encoding), false)).toMatch(
      /^Prov A sent a (packed body that cannot be unpacked|reply that is not valid JSON)\.$/,
    )
  })
})

test('what is packed without saying so is unpacked, and what says so without being packed is read', async () => {
  for (const pack of [zlib.gzipSync, zlib.zstdCompressSync]) {
    expect(await told(as('text/event-stream', pack(events)), true)).toBe('ab')
    expect(await told(as(undefined, pack(whole)), false)).toBe('ab')
  }
  for (const encoding of ['gzip', 'zstd', 'identity', '']) {
    expect(await told(as('application/json', whole, encoding), false)).toBe('ab')
    expect(await told(as('text/event-stream', events, encoding), true)).toBe('ab')
  }
})

test('an encoding that nobody knows is named', async () => {
  expect(await told(as('application/json', whole, 'lzma'), false)).toBe(
    'Prov A sent a body in the encoding lzma, which nobody asked for.',
  )
  expect(await told(as('application/json', whole, 'gzip, gzip, gzip'), false)).toBe(
    'Prov A sent a body that is packed 3 times.',
  )
})

test.each([
  ['gzip', () => zlib.createGzip()],
  ['br', () => zlib.createBrotliCompress()],
  ['zstd', () => zlib.createZstdCompress()],
] as const)('a packed stream (%s) is handed out as it comes, and given up with the call', async (encoding, create) => {
  const packer = create()
  const upstream = await scriptUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding })
    packer.pipe(response)
    packer.write('data: a\n\n')
    packer.flush()
  })
  const call = callerOf({ baseUrl: upstream.url })()
  const first = await call.next()
  expect(first.value).toEqual([{ type: 'text-delta', choice: 0, text: 'a' }])
  packer.write('data: b\n\n')
  packer.flush()
  expect((await call.next()).value).toEqual([{ type: 'text-delta', choice: 0, text: 'b' }])
  await call.return(undefined)
  await upstream.closed(0)
})

test('a slow reader of a packed stream holds its sender back', async () => {
  const comment = `: ${Array.from({ length: 40 }, () => Math.random()).join(' ')}\n\n`
  let written = 0
  const upstream = await scriptUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
    const packer = zlib.createGzip({ level: 0 })
    packer.pipe(response)
    packer.write('data: a\n\n')
    const write = (): void => {
      while (written < 50_000_000) {
        written += comment.length
        if (!packer.write(comment)) return void packer.once('drain', write)
      }
      packer.end('data: [DONE]\n\n')
    }
    write()
  })
  const call = callerOf({ baseUrl: upstream.url, limits: { replyBytes: 100_000_000 } })()
  await call.next()
  let before = -1
  while (before !== written) {
    before = written
    await after(200)
  }
  expect(written).toBeLessThan(20_000_000)
  await call.return(undefined)
})
