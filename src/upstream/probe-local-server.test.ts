import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { useVirtualTime } from '../../test/virtual-time.ts'
import { createDispatcher } from './dispatcher.ts'
import { probeLocalServer } from './probe-local-server.ts'
import { bearer, keyHeader } from './sign/api-key.ts'
import { credentialOf, scriptUpstream } from './testing/scripted-upstream.ts'
import { systemClock } from '../util/clock.ts'

useVirtualTime()

type Provider = Parameters<typeof probeLocalServer>[1]

function probe(baseUrl: string, timeoutMs = 1_000, more: Partial<Provider> = {}) {
  const dispatcher = createDispatcher({ connectMs: 1_000 })
  onTestFinished(() => dispatcher.destroy())
  const provider: Provider = { baseUrl, credentials: [], sign: bearer, variables: {}, headers: {}, ...more }
  return probeLocalServer({ dispatcher, clock: systemClock }, provider, timeoutMs)
}

test('lists the models that a local server offers, and says why it does not', async () => {
  const upstream = await scriptUpstream((request, response) => {
    const list = {
      object: 'list',
      data: [{ id: 'llama3.2:latest' }, { id: 'qwen3:8b', object: 'model' }, { name: 'no id' }],
    }
    response.writeHead(request.url === '/v1/models' ? 200 : 404).end(JSON.stringify(list))
  })
  expect(await probe(`${upstream.url}/v1`)).toEqual({ models: ['llama3.2:latest', 'qwen3:8b'] })
  expect(await probe(upstream.url)).toEqual({ failure: 'status 404, perhaps since base_url lacks /v1' })
  expect(await probe(`${upstream.url}/v1/v1`)).toEqual({ failure: 'status 404' })
})

test('a list that comes packed is unpacked', async () => {
  const upstream = await scriptUpstream((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"data":[{"id":"qwen3:8b"}]}')),
  )
  expect(await probe(upstream.url)).toEqual({ models: ['qwen3:8b'] })
})

test('tells models for embeddings and rankings from chats, by what the server says of them, or else by their names', async () => {
  const data = [
    { id: 'nomic-embed-text:latest' },
    { id: 'BAAI/bge-m3' },
    { id: 'bge-reranker-v2-m3' },
    { id: 'llama3.2:latest' },
    { id: 'gemma-3', capabilities: ['completion'] },
    { id: 'mine', capabilities: ['embed'] },
    { id: 'yours', type: 'rerank' },
    { id: 'embedded-systems-coder', type: 'llm' },
    { id: '__proto__' },
  ]
  const upstream = await scriptUpstream((_, response) => response.end(JSON.stringify({ data })))
  expect(await probe(upstream.url)).toEqual({
    models: data.map(({ id }) => id),
    outputs: new Map([
      ['nomic-embed-text:latest', 'embeddings'],
      ['BAAI/bge-m3', 'embeddings'],
      ['bge-reranker-v2-m3', 'rerank'],
      ['mine', 'embeddings'],
      ['yours', 'rerank'],
    ]),
  })
})

test('shows the first key, as the language has it', async () => {
  const upstream = await scriptUpstream((request, response) => {
    const { authorization, 'x-api-key': own } = request.headers
    response.end(JSON.stringify({ data: [{ id: `${authorization} ${own}` }] }))
  })
  const credentials = ['key-1', 'key-2'].map(credentialOf)
  expect(await probe(upstream.url, 1_000, { credentials })).toEqual({ models: ['Bearer key-1 undefined'] })
  expect(await probe(upstream.url, 1_000, { credentials, sign: keyHeader('x-api-key') })).toEqual({
    models: ['undefined key-1'],
  })
})

test.each([
  ['something else', '{"models":[]}'],
  ['no JSON', '<html>'],
  ['more than 4 MB', ' '.repeat(5_000_000)],
])('takes a server that answers with %s for none', async (_, body) => {
  const upstream = await scriptUpstream((_, response) => response.end(body))
  expect(await probe(upstream.url)).toEqual({ failure: 'what answers there is no list of models' })
})

test('takes a closed port and a silent server for none', async () => {
  const upstream = await scriptUpstream(() => {})
  const start = performance.now()
  expect(await probe(upstream.url, 200)).toEqual({ failure: 'no answer within 200 ms' })
  expect(performance.now() - start).toBeGreaterThanOrEqual(200)
  expect(performance.now() - start).toBeLessThan(250)
  await upstream.closed(0)
  expect(await probe(`http://127.0.0.1:${await freePort()}`)).toEqual({ failure: 'nothing listens there' })
})

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address === null || typeof address === 'string' ? reject(new Error('no port')) : resolve(address.port),
      )
    })
  })
}
