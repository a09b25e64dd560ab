import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

const portOf = (server: Server): number => Object(server.address()).port

async function listen(server: Server, host: string): Promise<Server> {
  server.listen(0, host)
  await once(server, 'listening')
  return server
}

const png = Buffer.from('\x89PNG\r\n\x1a\n and what follows', 'latin1')

/** A server on the allow list that answers as the path requests. */
const respond: RequestListener = ({ url = '' }, response) => {
  const [, what, target] = /^\/(redirect|picture|page|missing|status)\/?(.*)$/.exec(url) ?? []
  if (what === 'redirect') response.writeHead(302, { location: decodeURIComponent(target ?? '') }).end()
  else if (what === 'picture') response.writeHead(200, { 'content-type': 'image/png' }).end(png)
  else if (what === 'page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
  else response.writeHead(what === 'status' ? 500 : 404).end()
}

const everything = { input_modalities: ['text', 'image', 'file', 'video', 'audio'] }

/** Native protocols, none of which accepts an http:// address. */
const languages = ['converse', 'generate-content', 'messages']

let canary: Server
let connections = 0
let honest: Server
let simulator: Simulator
let gateway: TestGateway

beforeAll(async () => {
  canary = await listen(
    createServer((socket) => socket.destroy(void connections++)),
    '127.0.0.1',
  )
  honest = await listen(createHttpServer(respond), '::1')
  simulator = await startSimulator()
  gateway = await startGateway({
    fetch: { allow: ['::1/128', '*.lan.example'] },
    providers: {
      // This provider accepts no URLs.
      ollama: { base_url: `${simulator.url}/blind/v1` },
      // This provider accepts URLs of images.
      openai: { base_url: `${simulator.url}/half-blind/v1`, api_key: 'upstream-secret' },
      // This provider accepts all URLs.
      'prov-b': { base_url: `${simulator.url}/seeing/v1`, api_key: 'upstream-secret' },
      ...Object.fromEntries(
        languages.map((protocol) => [
          protocol,
          { protocol, base_url: `${simulator.url}/${protocol}/v1`, api_key: 'upstream-secret' },
        ]),
      ),
    },
    models: {
      ...Object.fromEntries(
        languages.map((provider) => [
          `acme/${provider}`,
          { ...everything, endpoints: [{ provider, model: 'steady' }] },
        ]),
      ),
      'acme/m1': { ...everything, endpoints: [{ provider: 'ollama', model: 'steady' }] },
      'acme/m2': { ...everything, endpoints: [{ provider: 'prov-b', model: 'steady' }] },
      'acme/m3': { ...everything, endpoints: [{ provider: 'openai', model: 'steady' }] },
      'acme/two': {
        ...everything,
        endpoints: [
          { provider: 'ollama', model: 'steady', pricing: { prompt: 1, completion: 1 } },
          { provider: 'prov-b', model: 'steady', pricing: { prompt: 9, completion: 9 } },
        ],
      },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
  for (const server of [canary, honest]) server.close()
})
beforeEach(() => simulator.clearJournal())

/** Everything in a conversation that can contain a URL. */
const parts = {
  image: (url: string) => ({ type: 'image_url', image_url: { url } }),
  file: (url: string) => ({ type: 'file', file: { filename: 'a', file_data: url } }),
  video: (url: string) => ({ type: 'video_url', video_url: { url } }),
} as const

const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }
const places = {
  user: (part: object) => [{ role: 'user', content: [{ type: 'text', text: 'look' }, part] }],
  assistant: (part: object) => [
    { role: 'assistant', content: [part] },
    { role: 'user', content: 'and?' },
  ],
  'tool result': (part: object) => [
    { role: 'user', content: 'look' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: [part] },
  ],
} as const

const cases = Object.entries(places).flatMap(([place, around]) =>
  Object.entries(parts).map(([kind, part]) => ({ place, kind, ask: (url: string) => around(part(url)) })),
)

/** Returns the upstream's request as text. */
const sent = (): string => JSON.stringify(simulator.journal().map(({ body }) => body))

/** The addresses of host names. No name server is used. */
const few = (port: number): readonly string[] => [
  `http://127.0.0.1:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://0x7f.1:${port}/`,
  `http://user:password@127.0.0.1:${port}/`,
  'http://169.254.169.254/latest/meta-data/',
]

const many = (port: number): readonly string[] => [
  ...[
    '127.0.0.1',
    'localhost',
    'LOCALHOST.',
    '127.1',
    '0177.0.0.1',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '127.0.0.1.',
    '127.0.0.1..',
    '%31%32%37.0.0.1',
    '127。0。0。1',
    '0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    'user:password@127.0.0.1',
    'evil.example@127.0.0.1',
    'lan.example',
    'x.lan.example@127.0.0.1',
  ].map((host) => `http://${host}:${port}/`),
  `http://x.lan.example#@127.0.0.1:${port}/`,
  `http://x.lan.example\\@127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}#@x.lan.example/`,
  `http://127.0.0.1:${port}/?@x.lan.example/`,
  `https://127.0.0.1:${port}/`,
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://100.100.100.200/',
  'http://10.0.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://[fe80::1]/',
  'http://[fd12::1]/',
  'http://[ff02::1]/',
  'http://224.0.0.1/',
]

/** Sends a request for each URL, and expects the same refusal for all, without a connection or a call. Returns the message. */
async function refuseAll(
  ask: (url: string) => object,
  urls: readonly string[],
  model = 'acme/m1',
): Promise<readonly string[]> {
  const words = new Set<string>()
  for (const [index, url] of urls.entries()) {
    const response = await gateway.chat({ model, messages: ask(url), stream: index % 2 === 1 })
    const { error } = Object(await response.json())
    expect({ url, status: response.status, type: error.metadata.error_type }).toEqual({
      url,
      status: 400,
      type: 'invalid_request',
    })
    words.add(error.message.replace(/^messages\[\d\]\.content\[\d\]: /, ''))
  }
  expect(connections).toBe(0)
  expect(simulator.journal()).toHaveLength(0)
  return [...words].toSorted()
}

const redirectTo = (url: string) => `http://[::1]:${portOf(honest)}/redirect/${encodeURIComponent(url)}`
const refusals = (kind: string): readonly string[] => [
  `the address of the ${kind} holds a user name or password.`,
  `the address of the ${kind} leads to a host that is unknown or not on the public internet.`,
]

describe('36: a private host', () => {
  test('is not reached in any spelling, and the answer does not reveal what is there', async () => {
    const ask = (url: string) => places.user(parts.image(url))
    expect(await refuseAll(ask, many(portOf(canary)))).toEqual(refusals('image'))
  })

  test('is not reached by a redirect either', async () => {
    const ask = (url: string) => places.user(parts.image(redirectTo(url)))
    // A header cannot contain other characters.
    const urls = many(portOf(canary)).filter((url) => /^[ -~]+$/.test(url))
    expect(await refuseAll(ask, urls)).toEqual(refusals('image'))
  })
})

describe.each(cases)('the address of $kind in a message of $place', ({ kind, ask }) => {
  test('leads to no private host', async () => {
    expect(await refuseAll(ask, few(portOf(canary)))).toEqual(refusals(kind))
    expect(await refuseAll(ask, few(portOf(canary)).map(redirectTo))).toEqual(refusals(kind))
  })

  test('is handed on to an upstream that fetches it, unless it leads to a private host', async () => {
    for (const host of ['192.0.32.8', '[2001:4860:4860::8888]', 'example.com', 'x.lan.example', '[::1]']) {
      const url = `http://${host}:1/?signature=a%20b${'c'.repeat(5_000)}`
      expect((await gateway.chat({ model: 'acme/m2', messages: ask(url) })).status).toBe(200)
      expect(sent()).toContain(url)
      simulator.clearJournal()
    }
    expect(await refuseAll(ask, few(portOf(canary)), 'acme/m2')).toEqual(refusals(kind))
  })
})

/** This needs no lookup, and holds whatever a lookup would return. */
const internal: readonly string[] = [
  'localhost',
  'LOCALHOST.',
  'app.localhost',
  'minio',
  'printer.local',
  'vault.internal',
  'nas.home.arpa',
  'wiki.corp',
  'db.prod.svc',
  'db.prod.svc.cluster.local',
  'metadata.google.internal',
  'METADATA.goog',
].map((host) => `http://${host}/`)

describe('an address that is handed on', () => {
  test('leads to no private host, however it is spelled', async () => {
    const ask = (url: string) => places.user(parts.image(url))
    // These are ordinary names, and their addresses are not looked up.
    const names = /\/\/(x\.)?lan\.example/
    const urls = many(portOf(canary)).filter((url) => !names.test(url))
    expect(await refuseAll(ask, [...urls, ...internal], 'acme/m2')).toEqual(refusals('image'))
  })

  test('is one that every parser reads alike', async () => {
    const ask = (url: string) => places.user(parts.file(url))
    const urls = [
      'http://example.com\\@127.0.0.1/',
      'http:example.com/',
      'http:///example.com/',
      ' http://example.com/',
    ]
    expect(await refuseAll(ask, urls, 'acme/m2')).toEqual([
      'the address of the file is not a plain http:// or https:// address.',
    ])
    expect(await refuseAll(ask, ['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://a b/'], 'acme/m2')).toEqual([
      'the address of the file is not an http:// or https:// address.',
    ])
  })

  test('is looked for wherever one can stand', async () => {
    const url = 'http://169.254.169.254/latest/meta-data/'
    const answer = { role: 'assistant', content: 'a' }
    const more = { role: 'user', content: 'and?' }
    const image = { type: 'image_url', image_url: { url } }
    const annotation = { type: 'file', file: { hash: 'h', name: 'n', content: [{ type: 'text', text: 't' }, image] } }
    for (const [messages, path] of [
      [[{ ...answer, images: [image] }, more], 'messages[0].images[0]'],
      [[{ ...answer, annotations: [annotation] }, more], 'messages[0].annotations[0]'],
      [places.user({ type: 'file', file: { file_id: url } }), 'messages[0].content[1]'],
      [places.user({ type: 'input_audio', input_audio: { data: url, format: 'wav' } }), 'messages[0].content[1]'],
    ] as const) {
      const response = await gateway.chat({ model: 'acme/m2', messages })
      const { error } = Object(await response.json())
      expect({ path, status: response.status, issue: error?.metadata?.issues?.[0]?.path }).toEqual({
        path,
        status: 400,
        issue: path,
      })
    }
    expect(simulator.journal()).toHaveLength(0)
  })

  test('calls no second endpoint', async () => {
    const response = await gateway.chat({
      models: ['acme/m2', 'acme/m3'],
      messages: places.user(parts.image(internal[0] ?? '')),
    })
    expect(response.status).toBe(400)
    expect(simulator.journal()).toHaveLength(0)
  })

  test('stays as it was where it is an image of an earlier answer', async () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
    const messages = [
      { role: 'assistant', content: 'a', images: [image] },
      { role: 'user', content: 'and?' },
    ]
    expect((await gateway.chat({ model: 'acme/m2', messages })).status).toBe(200)
    expect(sent()).toContain(JSON.stringify({ images: [image] }).slice(1, -1))
  })
})

test('an upstream that accepts only URLs of images gets these, and no others', async () => {
  const url = 'http://example.com/a.png'
  const image = await gateway.chat({ model: 'acme/m3', messages: places.user(parts.image(url)) })
  expect(image.status).toBe(200)
  expect(sent()).toContain(url)
  simulator.clearJournal()
  const file = (address: string) => places.user(parts.file(address))
  expect(await refuseAll(file, few(portOf(canary)), 'acme/m3')).toEqual(refusals('file'))
  const picture = `http://[::1]:${portOf(honest)}/picture`
  expect((await gateway.chat({ model: 'acme/m3', messages: file(picture) })).status).toBe(200)
  expect(sent()).toContain(`"filename":"a","file_data":"data:image/png;base64,${png.toString('base64')}"`)
})

describe.each(languages)('an upstream with the protocol %s', (language) => {
  test.each(cases.filter(({ place, kind }) => kind === 'image' && place !== 'assistant'))(
    'in a message of $place',
    async ({ ask }) => {
      expect(await refuseAll(ask, few(portOf(canary)), `acme/${language}`)).toEqual(refusals('image'))
      expect(await refuseAll(ask, few(portOf(canary)).map(redirectTo), `acme/${language}`)).toEqual(refusals('image'))
      const picture = `http://[::1]:${portOf(honest)}/picture`
      for (const stream of [false, true]) {
        const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
        const response = await gateway.chat({ model: `acme/${language}`, messages: ask(picture), stream, tools })
        expect(await response.text()).toContain(stream ? '[DONE]' : '"finish_reason":"stop"')
        expect(sent()).toContain(png.toString('base64'))
        simulator.clearJournal()
      }
    },
  )
})

describe('an address on the allow list', () => {
  const picture = `data:image/png;base64,${png.toString('base64')}`
  test.each(['[::1]', '[0:0:0:0:0:0:0:1]', '[::0.0.0.1]'])('is fetched: %s', async (host) => {
    for (const stream of [false, true]) {
      const url = `http://${host}:${portOf(honest)}/picture`
      const response = await gateway.chat({ messages: places['tool result'](parts.image(url)), stream })
      expect(response.status).toBe(200)
      expect(await response.text()).toContain(stream ? '[DONE]' : '"finish_reason":"stop"')
      expect(sent()).toContain(picture)
      expect(sent()).not.toContain('http://')
      simulator.clearJournal()
    }
  })

  test('by its name is found as the system finds it', async () => {
    const named = await startGateway({
      fetch: { allow: ['localhost'] },
      providers: { ollama: { base_url: `${simulator.url}/blind/v1` } },
      models: {
        'acme/m1': { ...everything, endpoints: [{ provider: 'ollama', model: 'steady' }] },
        'acme/m2': { endpoints: [{ provider: 'ollama', model: 'steady' }] },
      },
    })
    const local = await listen(createHttpServer(respond), 'localhost')
    const post = (host: string) =>
      named.chat({ messages: places.user(parts.image(`http://${host}:${portOf(local)}/picture`)) })
    expect((await post('LocalHost')).status).toBe(200)
    expect(sent()).toContain(picture)
    expect((await post('127.0.0.1')).status).toBe(400)
    local.close()
    await named.close()
  })

  test('has an error of its own with the reason, without the address', async () => {
    for (const [path, status, type] of [
      ['missing', 404, 'image_not_found'],
      ['status', 400, 'image_download_failed'],
      ['page', 400, 'unsupported_image_format'],
    ] as const) {
      const url = `http://[::1]:${portOf(honest)}/${path}?signature=secret`
      const response = await gateway.chat({ messages: places.user(parts.image(url)) })
      const { error } = Object(await response.json())
      expect(error).toMatchObject({
        code: status,
        metadata: { error_type: type, issues: [{ path: 'messages[0].content[1]' }] },
      })
      expect(response.status).toBe(status)
      expect(JSON.stringify(error)).not.toContain('::1')
      expect(JSON.stringify(error)).not.toContain('secret')
    }
  })

  test('that cannot be fetched goes to the next endpoint; one that may not be fetched does not', async () => {
    const ask = (url: string) => gateway.chat({ model: 'acme/two', messages: places.user(parts.image(url)) })
    const missing = `http://[::1]:${portOf(honest)}/missing`
    expect((await ask(missing)).status).toBe(200)
    expect(sent()).toContain(missing)
    simulator.clearJournal()
    expect((await ask(`http://127.0.0.1:${portOf(canary)}/`)).status).toBe(400)
    expect(simulator.journal()).toHaveLength(0)
  })
})
