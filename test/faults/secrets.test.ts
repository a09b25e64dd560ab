import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markApiKey } from '../../src/util/api-key.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { operations } from './operations.ts'

/** The secrets, which are planted in every place that can hold one. */
const canary = {
  upstreamKey: 'sk-canary-upstream/0123456789+abcdefghij=',
  clientKey: 'sk-or-v1-canary-client-0123456789abcdef0123456789',
  shortKey: 'canary-short-key',
  wrongKey: 'sk-or-v1-canary-wrong-0123456789abcdef0123456789',
  prompt: 'canary-prompt-of-a-client',
  header: 'canary-header-of-a-client',
  query: 'canary-query-of-a-client',
}

/** The behaviours of an upstream by model id: it quotes the credentials in every possible place. */
function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { model, stream }: { model: string; stream?: boolean } = JSON.parse(body)
  const quoted = `Cannot serve ${request.headers.authorization} (key ${request.headers.authorization?.slice(7)})`
  const error = {
    message: quoted,
    type: quoted,
    code: quoted,
    param: { headers: request.headers, [quoted]: [[{ deep: quoted }]] },
  }
  const chat = request.url?.includes('chat') === true
  const chunk = (text: string) => {
    const choice = chat ? { delta: { content: text } } : { text }
    return `data: ${JSON.stringify({ id: 'up-1', choices: [{ index: 0, ...choice, finish_reason: null }] })}\n\n`
  }
  const status = Number(/^status-(\d+)/.exec(model)?.[1] ?? 200)
  if (model === 'answer' && stream === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-echo': quoted })
    response.end(
      `${chunk('fine')}data: {"choices":[{"index":0,"delta":{},"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
    )
  } else if (model === 'answer') {
    const choice = chat ? { message: { role: 'assistant', content: 'fine' } } : { text: 'fine' }
    response.writeHead(200, { 'content-type': 'application/json', 'x-echo': quoted })
    response.end(JSON.stringify({ id: 'up-1', choices: [{ index: 0, ...choice, finish_reason: 'stop' }] }))
  } else if (model.endsWith('-text')) {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(quoted)
  } else if (model.endsWith('-string')) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: quoted }))
  } else if (model === 'deep') {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(
      `{"error":${JSON.stringify(error)},"deep":${'['.repeat(100_000)}${JSON.stringify(quoted)}${']'.repeat(100_000)}}`,
    )
  } else if (model.startsWith('late') && stream === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${model === 'late' ? chunk('fine') : ''}data: ${JSON.stringify({ error })}\n\n`)
  } else {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  }
}

async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    respond(request, response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

/** Ways to repeat a key in another form. */
const disguises: Readonly<Record<string, (key: string) => string>> = {
  beginning: (key) => key.slice(0, 16),
  middle: (key) => `…${key.slice(5, 21)}…`,
  end: (key) => key.slice(-9),
  masked: (key) => `${key.slice(0, 12)}****${key.slice(-8)}`,
  capitals: (key) => key.toUpperCase(),
  'part in capitals': (key) => key.slice(4, 20).toUpperCase(),
  base64: (key) => Buffer.from(key).toString('base64'),
  'base64 of a header': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
  'base64 of a name and a key': (key) => Buffer.from(`user:${key}`).toString('base64'),
  base64url: (key) => Buffer.from(`{"key":"${key}"}`).toString('base64url'),
  'part of base64': (key) => Buffer.from(key).toString('base64').slice(4, 30),
  'url-encoded': encodeURIComponent,
  'url-encoded in small letters': (key) => encodeURIComponent(key).replaceAll(/%../g, (code) => code.toLowerCase()),
  'url-encoded wholly': (key) => Buffer.from(key).toString('hex').replaceAll(/../g, '%$&'),
}

/** Returns the part of the key that a text contains, in any spelling. */
const traces = (text: string, key: string): readonly string[] =>
  Object.values(disguises)
    .flatMap((disguise) => disguise(key).split(/[*…]+/))
    .filter((piece) => piece !== '' && text.includes(piece))

describe('a key that an upstream repeats in disguise', () => {
  const key = 'Zq7/Xw2+Kj9v_Lm4-Tn8Rb6Yc3Hd5Gf1Qz0Xs'
  const innocent = 'No deployment of this model is ready; see https://docs.prov-a.example/errors.'
  let upstream: { server: Server; url: string }
  let gateway: TestGateway
  beforeAll(async () => {
    const server = createServer((request, response) => {
      void request.resume().on('end', () => {
        const disguised = disguises[decodeURIComponent(request.url?.split('/')[1] ?? '')]?.(key) ?? ''
        const error = { message: `${innocent} ${disguised}`, code: disguised, details: [{ [disguised]: disguised }] }
        response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    upstream = { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
    const slugs = Object.keys(disguises).map((name, index) => [name, `way-${index}`] as const)
    gateway = await startGateway({
      providers: {
        'prov-b': { base_url: upstream.url },
        ...Object.fromEntries(
          slugs.map(([name, slug]) => [
            slug,
            { base_url: `${upstream.url}/${encodeURIComponent(name)}/v1`, api_key: key },
          ]),
        ),
      },
      models: {
        'acme/m1': { endpoints: [{ provider: 'prov-b', model: 'any' }] },
        'acme/m2': { endpoints: [{ provider: 'prov-b', model: 'any' }] },
        ...Object.fromEntries(
          slugs.map(([, slug]) => [`test/${slug}`, { endpoints: [{ provider: slug, model: 'any' }] }]),
        ),
      },
    })
  })
  afterAll(async () => {
    await gateway.close()
    upstream.server.close()
  })

  test.each(Object.keys(disguises).map((name, index) => [name, `test/way-${index}`]))('%s', async (_, model) => {
    const received = await (await gateway.chat({ model })).text()
    expect(received).toContain(innocent)
    expect(received).toContain('[REDACTED]')
    expect(traces(received, key)).toEqual([])
    expect(traces(gateway.log.join(''), key)).toEqual([])
  })
})

describe('an upstream’s text about the gateway’s credentials is not forwarded', () => {
  const words = 'Account Jane-Doe-42 of tenant acme-internal may not do this.'
  const protocols = ['chat-completions', 'responses', 'messages', 'generate-content', 'converse', 'cohere-chat']
  const bodies: Readonly<Record<string, string>> = {
    'an error object': JSON.stringify({ error: { message: words, type: words, code: words, status: words } }),
    'a message': JSON.stringify({ message: words, __type: words, code: words }),
    'an error text': JSON.stringify({ error: words }),
    text: words,
    'an error in the stream': `data: ${JSON.stringify({ error: { message: words, code: 403, param: words } })}\n\n`,
  }
  let upstream: Server
  let gateway: TestGateway
  beforeAll(async () => {
    upstream = createServer((request, response) => {
      void request.resume().on('end', () => {
        const [, status = '', index = ''] = request.url?.split('/') ?? []
        const body = Object.values(bodies)[Number(index)] ?? ''
        const type = body.startsWith('data:') ? 'text/event-stream' : 'application/json'
        response.writeHead(body.startsWith('data:') ? 200 : Number(status), {
          'content-type': body === words ? 'text/plain' : type,
          'x-amzn-errortype': words,
          'www-authenticate': `Bearer error="${words}"`,
        })
        response.end(body)
      })
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const address = upstream.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const places = [401, 403].flatMap((status) =>
      protocols.flatMap((protocol) =>
        Object.keys(bodies).map((_, index) => ({ slug: `p-${status}-${protocol}-${index}`, status, protocol, index })),
      ),
    )
    const spare = { endpoints: [{ provider: places[0]?.slug, model: 'any' }] }
    gateway = await startGateway({
      providers: Object.fromEntries(
        places.map(({ slug, status, protocol, index }) => [
          slug,
          { base_url: `${url}/${status}/${index}`, protocol, api_key: 'a-key-of-this-gateway' },
        ]),
      ),
      models: {
        'acme/m1': spare,
        'acme/m2': spare,
        ...Object.fromEntries(
          places.map(({ slug }) => [`test/${slug}`, { endpoints: [{ provider: slug, model: 'any' }] }]),
        ),
      },
    })
  })
  afterAll(async () => {
    await gateway.close()
    upstream.close()
  })

  const cases = protocols.flatMap((protocol) =>
    Object.keys(bodies).flatMap((body, index) =>
      [401, 403].flatMap((status) => [false, true].map((stream) => ({ protocol, body, index, status, stream }))),
    ),
  )
  test.each(cases)('$protocol: $status with $body, stream $stream', async ({ protocol, index, status, stream }) => {
    const reply = await gateway.chat({ model: `test/p-${status}-${protocol}-${index}`, stream })
    const received = JSON.stringify([...reply.headers]) + (await reply.text())
    expect(reply.status).toBe(502)
    expect(received).not.toMatch(/Jane-Doe|acme-internal/)
    expect(gateway.log.join('')).not.toMatch(/Jane-Doe|acme-internal/)
  })
})

const statuses = [400, 401, 402, 403, 404, 408, 413, 418, 422, 429, 500, 502, 503, 529]
const upstreamModels = [
  ...statuses.flatMap((status) => [`status-${status}`, `status-${status}-text`, `status-${status}-string`]),
  'answer',
  'late',
  'late-first',
  'deep',
]

describe.each(operations)('$name: secrets', ({ path, ask }) => {
  let directory: string
  let upstream: Awaited<ReturnType<typeof listen>>
  let gateway: TestGateway
  /** Everything that any client received. */
  let received = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-secrets-'))
    upstream = await listen()
    gateway = await startGateway({
      storage: { url: `sqlite:${join(directory, 'waygate.db')}` },
      keys: [
        { name: 'client', key: canary.clientKey },
        { name: 'short', key: canary.shortKey },
      ],
      providers: {
        'prov-a': { base_url: `${upstream.url}/v1`, api_key: canary.upstreamKey },
        'prov-b': { base_url: `${upstream.url}/v1`, api_keys: [canary.upstreamKey, `${canary.upstreamKey}-second`] },
        'prov-c': { base_url: 'http://127.0.0.1:9/v1', api_key: canary.upstreamKey },
      },
      models: Object.fromEntries([
        ...upstreamModels.flatMap((model) => [
          [`one/${model}`, { endpoints: [{ provider: 'prov-a', model }] }],
          [
            `two/${model}`,
            {
              endpoints: [
                { provider: 'prov-b', model },
                { provider: 'prov-c', model },
              ],
            },
          ],
        ]),
      ]),
    })
  })
  afterAll(async () => {
    await gateway.close()
    upstream.server.close()
    await rm(directory, { recursive: true })
  })

  async function tell(response: Response): Promise<Response> {
    received += JSON.stringify([...response.headers]) + (await response.clone().text())
    return response
  }

  const headersOf = (key: string) => ({
    authorization: `Bearer ${key}`,
    cookie: `session=${canary.header}`,
    'x-api-key': canary.header,
    'x-custom': canary.header,
  })
  const post = async (model: string, more: object = {}, key = canary.clientKey) =>
    tell(await gateway.post(`${path}?api_key=${canary.query}`, { model, ...ask, ...more }, headersOf(key)))
  const get = async (address: string, key = canary.clientKey) =>
    tell(
      await gateway.get(`/api/v1${address}${address.includes('?') ? '&' : '?'}token=${canary.query}`, headersOf(key)),
    )

  const prompt = JSON.parse(JSON.stringify(ask).replace('"hi"', JSON.stringify(canary.prompt)))

  test('are planted on every path', async () => {
    const outcomes = new Set<number>()
    for (const model of upstreamModels.flatMap((name) => [`one/${name}`, `two/${name}`])) {
      for (const stream of [false, true]) {
        const response = await post(model, { ...prompt, stream, debug: { echo_upstream_body: false } })
        outcomes.add(response.status)
        const id = response.headers.get('x-generation-id')
        if (id !== null) expect((await get(`/generation?id=${id}`)).status).toBe(200)
      }
    }
    // The upstream's message arrives, without the key.
    expect([...outcomes].toSorted((a, b) => a - b)).toEqual([200, 400, 404, 413, 422, 429, 502, 503, 504, 529])
    expect(received).toContain('Cannot serve Bearer [REDACTED]')
    expect(received).not.toContain('"code":401')

    expect((await post('one/answer', { debug: { echo_upstream_body: true }, stream: true })).status).toBe(200)
    expect((await post('no/model', prompt)).status).toBe(400)
    expect((await post('one/answer', { ...prompt, temperature: canary.header })).status).toBe(400)
    expect((await post('one/answer', prompt, canary.wrongKey)).status).toBe(401)
    expect((await post('one/answer', prompt, canary.shortKey)).status).toBe(200)
    await tell(await gateway.post(path, `{"model": "${canary.prompt}`, headersOf(canary.clientKey)))
    for (const address of [
      '/key',
      '/models',
      '/providers',
      '/models/one/answer/endpoints',
      '/generation',
      '/nothing',
    ]) {
      await get(address)
      await get(address, canary.wrongKey)
      await get(address, canary.shortKey)
    }
  })

  test('appear in no answer', () => {
    expect(received.length).toBeGreaterThan(10_000)
    const { prompt: _, ...hidden } = canary
    for (const [name, secret] of Object.entries(hidden)) expect(received.includes(secret), name).toBe(false)
    expect(received).not.toContain('sk-canary')
  })

  test('appear in no line of the log, nor does a prompt', () => {
    const log = gateway.log.join('')
    expect(gateway.log.length).toBeGreaterThan(100)
    expect(log).toContain('"path":"/api/v1/key"')
    for (const [name, secret] of Object.entries(canary)) expect(log.includes(secret), name).toBe(false)
    expect(log).not.toContain('canary-s')
  })

  test('appear in no byte of the database, nor does a prompt', async () => {
    const files = await readdir(directory)
    const bytes = await Promise.all(files.map((file) => readFile(join(directory, file), 'latin1')))
    expect(bytes.join('')).toContain('gen-')
    for (const [name, secret] of Object.entries(canary)) expect(bytes.join('').includes(secret), name).toBe(false)
  })
})

describe('the label of a key', () => {
  test.each([
    ['sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'sk-or-v1-012...def'],
    ['a-key-that-somebody-chose-themselves', 'a-k...ves'],
    ['26-characters-are-enough-x', '26-...h-x'],
    ['25-characters-are-too-few', '...'],
    ['sk-or-v1-25-characters-are-too-few', '...'],
    ['secret', '...'],
  ])('%s → %s', (key, label) => {
    expect(markApiKey(key).label).toBe(label)
  })
})
