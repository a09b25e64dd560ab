import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { refusal } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

/** Paths of OpenRouter's API (contract §8) that are not implemented yet, with a word from the name of the missing API. */
const apis: readonly (readonly [method: string, path: string, name: string])[] = [
  ['POST', '/credits/coinbase', 'credits'],
  ['POST', '/videos', 'video'],
  ['GET', '/files', 'files'],
  ['POST', '/batches', 'batches'],
  ['GET', '/guardrails/assignments/keys', 'guardrails'],
  ['GET', '/workspaces', 'workspaces'],
  ['POST', '/auth/keys/code', 'OAuth'],
  ['GET', '/tools', 'tools'],
  ['GET', '/organization/members', 'organization'],
]

describe('an API that is not built yet is refused by its name', () => {
  test.each(apis)('%s %s', async (method, path, name) => {
    for (const base of ['/api/v1', '/v1']) {
      const error = await refusal(fetch(`${gateway.url}${base}${path}`, { method }), 404)
      expect(error['message']).toMatch(/^This gateway does not support .* yet/)
      expect(error['message']).toContain(name)
    }
  })

  test('what OpenRouter does not have either is simply not there', async () => {
    for (const path of ['/api/v1/nothing', '/videos', '/api/v1/videosmore', '/api/v1']) {
      expect((await refusal(gateway.get(path), 404))['message']).toBe(
        `There is nothing at GET ${path}. GET /docs lists every address.`,
      )
    }
  })

  test.each([
    ['/chat/completions', '/api/v1/chat/completions'],
    ['/api/chat/completions', '/api/v1/chat/completions'],
    ['/api/v1/api/v1/chat/completions', '/api/v1/chat/completions'],
    ['/api/v1/chat/completions/chat/completions', '/api/v1/chat/completions'],
    ['/v2/completions', '/api/v1/completions'],
    ['/models/acme/m1/endpoints', '/api/v1/models/acme/m1/endpoints'],
  ])('a base URL that is wrong by its end: %s is told of %s', async (path, meant) => {
    const error = await refusal(fetch(gateway.url + path, { method: 'POST' }), 404)
    expect(error['message']).toBe(
      `There is nothing at POST ${path}. Did you mean ${meant}? The base URL for clients of this gateway ends with /api/v1.`,
    )
  })
  test('a base URL of Anthropic’s SDK that ends with /v1 is told that the SDK adds it', async () => {
    const error = await refusal(fetch(`${gateway.url}/api/v1/v1/messages`, { method: 'POST' }), 404)
    expect(error['message']).toMatch(/Did you mean \/api\/v1\/messages\? Anthropic’s SDK adds \/v1 itself: [^.]+\.$/)
  })
})
