import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startGateway, type TestGateway } from '../gateway.ts'

const page = readFileSync(new URL('../../docs/embeddings.md', import.meta.url), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text)
const requests = blocks('json').map((text) => /^POST (\S+)\n([^]*)$/.exec(text)?.slice(1) ?? [])
const [config = ''] = blocks('yaml')

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'waygate/simulator-embeddings': {
        endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['embeddings'] }],
      },
      'waygate/simulator-rerank': { endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['rerank'] }] },
    },
  })
})
afterAll(() => gateway.close())

test('the requests of docs/embeddings.md are answered', async () => {
  expect(requests).toHaveLength(2)
  for (const [path = '', body = ''] of requests) expect((await gateway.post(path, body)).status, path).toBe(200)
})

test('the server of docs/embeddings.md embeds and ranks', async () => {
  const { providers, models } = parse(config)
  const tei = { ...providers.tei, base_url: `${gateway.simulator.url}/tei` }
  const usual = { endpoints: [{ provider: 'tei', model: 'steady' }] }
  // The simulator takes the names of models for behaviours, and an unknown one for none.
  const reloaded = await gateway.reload({
    providers: { tei },
    models: { 'acme/m1': usual, 'acme/m2': usual, ...models },
  })
  expect(reloaded.type).not.toBe('refused')
  const vectors = await gateway.post('/api/v1/embeddings', { model: 'acme/embed', input: ['a', 'b'] })
  const ranking = await gateway.post('/api/v1/rerank', { model: 'acme/rank', query: 'a', documents: ['a', 'b'] })
  expect([vectors.status, ranking.status]).toEqual([200, 200])
})
