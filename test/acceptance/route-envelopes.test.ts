import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { Type } from 'typebox'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/canonical/errors.ts'
import type { GenerationBatch, GenerationStream } from '../../src/canonical/generation-event.ts'
import { createApp, routes } from '../../src/http/app.ts'
import { defineInferenceRoute } from '../../src/http/define-inference-route.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import type { ClientProtocol } from '../../src/protocols/protocol.ts'
import type { Readiness } from '../../src/http/hooks/refuse-while-not-ready.ts'
import { readJson } from './exchange.ts'
import { idleDependencies, mistake } from './idle-dependencies.ts'

/** A protocol with error bodies and keep-alive comments of its own. */
const foreign: ClientProtocol = {
  ...chatCompletionsClient,
  name: 'foreign',
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  encodeError: ({ kind, message }) => ({ type: 'error', error: { type: `foreign_${kind}`, message } }),
}

const ForeignErrorResponse = Type.Object(
  { type: Type.Literal('error'), error: Type.Object({ type: Type.String(), message: Type.String() }) },
  { title: 'ForeignErrorResponse' },
)

const planted = defineInferenceRoute({
  path: '/foreign/messages',
  id: 'createForeignMessage',
  summary: 'Speak otherwise',
  description: 'A chat in a language with errors of its own.',
  body: { schema: Type.Object({}), example: {} },
  success: { description: 'The answer.', json: Type.Object({}) },
  error: ForeignErrorResponse,
  protocol: () => foreign,
})

let readiness: Readiness = 'ready'
const patientMs = 60_000
let bodyMs = patientMs
let generate: () => GenerationStream
const app = createApp(
  {
    ...idleDependencies,
    generate: () => generate(),
    limits: {
      bodyBytes: 200,
      jsonDepth: 10,
      get bodyMs() {
        return bodyMs
      },
    },
    keepaliveMs: 10,
    readiness: () => readiness,
  },
  [...routes, planted],
)
const server = createServer(app.handle)
let url: string
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
afterEach(() => {
  readiness = 'ready'
  bodyMs = patientMs
})

const chat = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }
const validAt = (path: string) => (path.endsWith('/v1/completions') ? { prompt: 'hi' } : chat)
const key = { authorization: 'Bearer inference', 'content-type': 'application/json' }
const post = (path: string, body: string | object = validAt(path), headers: Readonly<Record<string, string>> = key) =>
  fetch(url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

/** Sends the head of a request and a part of its body, and waits for the answer. */
async function beginOnly(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  bodyMs = 50
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer inference\r\ncontent-length: 100\r\n\r\n{"model":`,
  )
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  await once(socket, 'close')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) }
}

type Refusal = (path: string) => Promise<{ readonly status: number; readonly body: unknown }>
const refusals: readonly (readonly [string, number, string, Refusal])[] = [
  ['no key', 401, 'authentication', (path) => readJson(post(path, chat, {}))],
  [
    'a key that may not',
    403,
    'permission_denied',
    (path) => readJson(post(path, chat, { authorization: 'Bearer management' })),
  ],
  ['another method', 405, 'method_not_allowed', (path) => readJson(fetch(url + path, { method: 'DELETE' }))],
  ['a body that is late', 408, 'timeout', beginOnly],
  ['a body that is too large', 413, 'payload_too_large', (path) => readJson(post(path, ' '.repeat(201)))],
  [
    'a body that is compressed',
    415,
    'unsupported_media_type',
    (path) => readJson(post(path, chat, { ...key, 'content-encoding': 'gzip' })),
  ],
  ['a body that is not JSON', 400, 'invalid_request', (path) => readJson(post(path, '{"model":'))],
  ['a body that is not valid', 400, 'invalid_request', (path) => readJson(post(path, { messages: 7 }))],
  [
    'a gateway that stops',
    503,
    'provider_overloaded',
    (path) => {
      readiness = 'draining'
      return readJson(post(path))
    },
  ],
  [
    'a fault of the gateway',
    500,
    'server',
    (path) => {
      generate = () => {
        throw mistake
      }
      return readJson(post(path))
    },
  ],
]

describe.each(refusals)('%s', (_, status, kind, refuse) => {
  test.each(['/api/v1/foreign/messages', '/v1/foreign/messages'])('%s answers in its own envelope', async (path) => {
    const answer = await refuse(path)
    expect({ status: answer.status, body: answer.body }).toEqual({
      status,
      body: { type: 'error', error: { type: `foreign_${kind}`, message: expect.stringMatching(/./) } },
    })
  })

  test.each(['/api/v1/chat/completions', '/api/v1/completions'])('%s answers in the standard one', async (path) => {
    const answer = await refuse(path)
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status,
      body: { error: { code: status, metadata: { error_type: kind } } },
    })
  })
})

test('an address that no route has answers in the standard envelope', async () => {
  for (const path of ['/api/v1/foreign', '/api/v1/foreign/messages/none']) {
    expect(await readJson(post(path))).toMatchObject({
      status: 404,
      body: { error: { code: 404, metadata: { error_type: 'not_found' } } },
    })
  }
})

test('a failure of the generation is in the same envelope', async () => {
  const failed: GenerationBatch = [
    { type: 'error', error: new GatewayError('payment_required'), retry: { scope: 'never' } },
  ]
  generate = async function* () {
    yield failed
  }
  for (const stream of [true, false]) {
    expect(await readJson(post('/api/v1/foreign/messages', { ...chat, stream }))).toMatchObject({
      status: 402,
      body: { type: 'error', error: { type: 'foreign_payment_required' } },
    })
  }
})

test.each([
  ['/api/v1/foreign/messages', foreign.keepAlive],
  ['/api/v1/chat/completions', ': OPENROUTER PROCESSING\n\n'],
])('a stream of %s without data is kept open in the form of its protocol', async (path, keepAlive) => {
  const read = Promise.withResolvers<void>()
  generate = async function* () {
    await read.promise
    yield [{ type: 'error', error: new GatewayError('server'), retry: { scope: 'never' } }] as const
  }
  const reply = await post(path, { ...chat, stream: true })
  read.resolve()
  expect(reply.status).toBe(200)
  expect((await reply.text()).startsWith(keepAlive)).toBe(true)
})

test('the OpenAPI document and the API reference show the envelope of a route as its errors', async () => {
  const { body } = await readJson(fetch(`${url}/api/v1/openapi.json`))
  const operation = Object(body['paths'])['/foreign/messages'].post
  const schemaOf = (responses: Record<number, { content: Record<string, { schema: unknown }> }>) =>
    responses[401]?.content['application/json']?.schema
  expect(schemaOf(operation.responses)).toEqual({ $ref: '#/components/schemas/ForeignErrorResponse' })
  expect(schemaOf(Object(body['paths'])['/chat/completions'].post.responses)).toEqual({
    $ref: '#/components/schemas/ErrorResponse',
  })
  const page = await (await fetch(`${url}/docs`)).text()
  const section = page.slice(page.indexOf('id="createForeignMessage"'))
  expect(section.slice(0, section.indexOf('</section>'))).not.toContain('Reply 401')
})
