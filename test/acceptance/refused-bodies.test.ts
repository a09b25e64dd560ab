import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { at, readJson } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
  })
})
afterAll(() => gateway.close())

async function refused(path: string, body: object, key = testKey): Promise<unknown> {
  const reply = await readJson(
    fetch(`${gateway.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
  expect(reply.status).toBe(400)
  return at(reply.body, 'error', 'message')
}

test.each<[path: string, body: object, message: string]>([
  [
    '/keys',
    { name: 'x', external: { user: 'u', api_key: 'x'.repeat(31) } },
    'external.api_key must be a string of 32 to 512 characters',
  ],
  ['/keys', { name: '' }, 'name must be a string of 1 to 100 characters'],
  ['/images', { model: 'acme/m1', prompt: '' }, 'prompt must be a string of 1 to 200000 characters'],
  ['/audio/speech', { model: 'acme/m1', input: '' }, 'input must be a string of 1 to 100000 characters'],
  ['/embeddings', { model: '', input: 'x' }, 'model must be a string of 1 to 512 characters'],
  ['/rerank', { model: 'acme/m1', query: '', documents: ['x'] }, 'query must be a non-empty string'],
])('a text of the wrong length in %s: both limits are named', async (path, body, message) => {
  expect(await refused(path, body, path === '/keys' ? adminKey : testKey)).toBe(message)
})
