import { expect, onTestFinished, test } from 'vitest'
import { readFixture } from '../../contract/engine.ts'
import { startGateway } from '../../gateway.ts'
import { answerJson, operatorKey, startEngineServer } from './engine-server.ts'

const web = { plugins: [{ id: 'web', max_results: 3 }] }

/** Starts a gateway that is stopped after the test. */
async function gatewayWith(config: Readonly<Record<string, unknown>>) {
  const gateway = await startGateway(config)
  onTestFinished(() => gateway.close())
  return gateway
}

test('a request with the plugin web searches with the configured engine, and pays its fee', async () => {
  const server = await startEngineServer(answerJson(readFixture('exa').search.reply))
  const gateway = await gatewayWith({
    search: { exa: { api_key: operatorKey, base_url: server.url, price_per_request: 0.5 } },
  })
  const plain = Object(await (await gateway.chat({})).json())
  const searched = Object(await (await gateway.chat(web)).json())
  expect(server.requests.map(({ path, body }) => [path, Object(body).query, Object(body).numResults])).toEqual([
    ['/search', 'hi', 3],
  ])
  expect(searched.usage.cost).toBeGreaterThanOrEqual(0.5)
  expect(plain.usage.cost).toBeLessThan(0.5)
  expect(JSON.stringify([searched, gateway.log])).not.toContain(operatorKey)
})

test('without an engine it is refused, with the setting that is missing', async () => {
  const gateway = await gatewayWith({})
  const reply = await gateway.chat({ plugins: [{ id: 'web', engine: 'tavily' }] })
  expect(reply.status).toBe(400)
  expect(Object(await reply.json()).error.message).toBe(
    'Tavily is not configured: set search.tavily.api_key in the configuration.',
  )
})

test('a key that the engine quotes is not shown to the client, nor in the log', async () => {
  const server = await startEngineServer(answerJson({ error: `The key ${operatorKey} is unknown.` }, 401))
  const gateway = await gatewayWith({ search: { exa: { api_key: operatorKey, base_url: server.url } } })
  const reply = await gateway.chat(web)
  const text = await reply.text()
  expect(reply.status).toBe(502)
  expect(text).toContain('Exa answered with status 401: The key [REDACTED] is unknown.')
  expect(text + gateway.log.join('')).not.toContain('operator')
})
