import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createDispatcher } from './dispatcher.ts'
import { probeLocalServer } from './probe-local-server.ts'
import { scriptUpstream } from './testing/scripted-upstream.ts'

function probe(baseUrl: string, timeoutMs = 1_000): Promise<readonly string[] | null> {
  const dispatcher = createDispatcher({ connectMs: 1_000 })
  onTestFinished(() => dispatcher.destroy())
  return probeLocalServer(dispatcher, baseUrl, timeoutMs)
}

test('lists the models that a local server offers', async () => {
  const upstream = await scriptUpstream((request, response) => {
    const list = {
      object: 'list',
      data: [{ id: 'llama3.2:latest' }, { id: 'qwen3:8b', object: 'model' }, { name: 'no id' }],
    }
    response.writeHead(request.url === '/v1/models' ? 200 : 404).end(JSON.stringify(list))
  })
  expect(await probe(`${upstream.url}/v1`)).toEqual(['llama3.2:latest', 'qwen3:8b'])
  expect(await probe(upstream.url)).toBeNull()
})

test.each([
  ['something else', '{"models":[]}'],
  ['no JSON', '<html>'],
  ['more than 4 MB', ' '.repeat(5_000_000)],
])('takes a server that answers with %s for none', async (_, body) => {
  const upstream = await scriptUpstream((_, response) => response.end(body))
  expect(await probe(upstream.url)).toBeNull()
})

test('takes a closed port and a silent server for none, in time', async () => {
  const upstream = await scriptUpstream(() => {})
  const start = performance.now()
  expect(await probe(upstream.url, 200)).toBeNull()
  expect(performance.now() - start).toBeLessThan(400)
  await upstream.closed(0)
  expect(await probe(`http://127.0.0.1:${await freePort()}`)).toBeNull()
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
