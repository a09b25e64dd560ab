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

describe('issue 9.21: a wrong base_url is reported with the requested address', () => {
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
