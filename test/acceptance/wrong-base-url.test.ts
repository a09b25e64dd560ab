import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { asText, refusal } from './exchange.ts'

/** The replies of servers without an API at this path, by the first part of the path. */
const servers: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  nginx: [404, 'text/html', '<html><head><title>404 Not Found</title></head><body>nginx</body></html>'],
  ollama: [404, 'text/plain', '404 page not found'],
  fastapi: [404, 'application/json', '{"detail":"Not Found"}'],
  spring: [404, 'application/json', '{"timestamp":"2026-11-28T00:00:00Z","status":404,"error":"Not Found","path":"/"}'],
  openai: [
    404,
    'application/json',
    '{"error":{"message":"Invalid URL (POST /chat/completions)","type":"invalid_request_error"}}',
  ],
  nothing: [404, 'text/plain', ''],
  method: [405, 'text/html', '<h1>Method Not Allowed</h1>'],
  website: [200, 'text/html; charset=utf-8', '<!doctype html><title>Welcome</title>'],
  elsewhere: [301, 'text/html', 'Moved'],
}

let web: Server
let url: string
let gateway: TestGateway
beforeAll(async () => {
  web = createServer((request, response) => {
    void request.resume().on('end', () => {
      const [status, type, body] = servers[request.url?.split('/')[1] ?? ''] ?? [500, 'text/plain', 'unknown']
      response.writeHead(status, { 'content-type': type, location: 'https://elsewhere.example/' }).end(body)
    })
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const address = web.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  gateway = await startGateway({
    providers: {
      ...Object.fromEntries(
        Object.keys(servers).map((name) => [
          name,
          { name: `House of ${name}`, base_url: `${url}/${name}`, api_key: 'a-key-of-this-gateway' },
        ]),
      ),
      lacking: { base_url: `${url}/lacking`, api_key: 'a-key-of-this-gateway' },
    },
    models: {
      'acme/m1': { endpoints: [{ provider: 'nginx', model: 'm' }] },
      'acme/m2': { endpoints: [{ provider: 'nginx', model: 'm' }] },
      ...Object.fromEntries(
        Object.keys(servers).map((name) => [`test/${name}`, { endpoints: [{ provider: name, model: 'm' }] }]),
      ),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  web.close()
})

describe('a wrong base_url is reported with the requested address', () => {
  const cases = Object.entries(servers).flatMap(([name, [status]]) =>
    [false, true].map((stream) => ({ name, status, stream })),
  )
  test.each(cases)('$name: $status, stream $stream', async ({ name, status, stream }) => {
    const error = await refusal(gateway.chat({ model: `test/${name}`, stream }), 502)
    const message = asText(error['message'])
    expect(message).toContain(`House of ${name}`)
    expect(message).toContain(` ${url}/${name}/chat/completions:`)
    expect(message).toContain(`status ${status}`)
    expect(message).toContain('base_url')
  })

  test('a provider that lacks the model is another matter', async () => {
    const other = await startGateway({ models: { 'acme/gone': behaving('status-404') } })
    const error = await refusal(other.chat({ model: 'acme/gone' }), 404)
    expect(error['message']).not.toContain('base_url')
    await other.close()
  })
})

describe('a redirect is told with its target', () => {
  const cases = {
    'https://elsewhere.example/v1/chat/completions?key=secret#there': 'https://elsewhere.example/v1/chat/completions',
    'https://user:secret@elsewhere.example:8443/v1': 'https://elsewhere.example:8443/v1',
    '/v2/chat?token=secret': '{url}/v2/chat',
    '//elsewhere.example/v1': 'http://elsewhere.example/v1',
    'https://elsewhere.example': 'https://elsewhere.example/',
  }
  let target = ''
  let moved: Server
  let redirected: TestGateway
  let address: string
  beforeAll(async () => {
    moved = createServer((request, response) => {
      const status = Number(request.url?.split('/')[1])
      void request.resume().on('end', () => response.writeHead(status, { location: target }).end())
    })
    moved.listen(0, '127.0.0.1')
    await once(moved, 'listening')
    const bound = moved.address()
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
    const statuses = ['301', '302', '303', '307', '308']
    redirected = await startGateway({
      providers: Object.fromEntries(
        ['prov-a', 'prov-b', 'prov-c', ...statuses.map((status) => `house-${status}`)].map((slug) => [
          slug,
          { base_url: `${address}/${slug.slice('house-'.length)}/v1`, api_key: 'k' },
        ]),
      ),
      models: Object.fromEntries(
        statuses.map((status) => [`test/${status}`, { endpoints: [{ provider: `house-${status}`, model: 'm' }] }]),
      ),
    })
  })
  afterAll(async () => {
    await redirected.close()
    moved.close()
  })

  test.each(Object.entries(cases))('%s', async (location, received) => {
    target = location
    for (const status of ['301', '302', '303', '307', '308']) {
      const { message } = await refusal(redirected.chat({ model: `test/${status}` }), 502)
      expect(message).toContain(` leads to ${received.replace('{url}', address)}. Look at the base_url`)
      expect(message).not.toMatch(/secret|token|key=/)
    }
  })

  test.each(['', 'https://', 'x'.repeat(3000)])('a target that is none, or too long: %.20s', async (location) => {
    target = location
    const { message } = await refusal(redirected.chat({ model: 'test/307' }), 502)
    expect(asText(message).length).toBeLessThan(700)
    expect(message).toContain('status 307')
  })
})
