import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GatewayError } from '../../src/canonical/errors.ts'
import type { GenerationBatch } from '../../src/canonical/generation-event.ts'
import type { Happenings } from '../../src/canonical/happening.ts'
import { createApp } from '../../src/http/app.ts'
import { Channel } from '../../src/util/channel.ts'
import { readStream } from '../sse.ts'
import { readJson } from './exchange.ts'
import { idleDependencies, mistake } from './idle-dependencies.ts'

/** The batches that the path of a request yields before its fault shows. */
let before: readonly GenerationBatch[] = []
const failures: unknown[] = []
let url: string
const happenings: Happenings = new Channel()
happenings.subscribe((happening) => {
  if (happening.type === 'failed') failures.push(happening.error)
})
const app = createApp({
  ...idleDependencies,
  async *generate() {
    yield* before
    throw mistake
  },
  happenings,
})
const server = createServer(app.handle)

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const masked = {
  error: {
    code: 500,
    message: 'Internal Server Error',
    error_type: 'server',
    http_status: 500,
    metadata: { error_type: 'server' },
  },
}
const post = (path: string, body: object) =>
  fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: 'Bearer inference',
      'content-type': 'application/json',
      'x-openrouter-metadata': 'enabled',
    },
    body: JSON.stringify(body),
  })
const messages = [{ role: 'user', content: 'hi' }]

test.each([
  ['/api/v1/chat/completions', { messages }],
  ['/api/v1/chat/completions', { messages, stream: true }],
  ['/api/v1/completions', { prompt: 'hi' }],
])('contract row 21: a fault in the path of a request is a 500 without details: %s %o', async (path, body) => {
  before = []
  failures.length = 0
  expect(await readJson(post(path, body))).toMatchObject({ status: 500, body: masked })
  expect(failures).toEqual([mistake])
})

test.each(['/api/v1/models', '/api/v1/providers', '/api/v1/generation?id=gen-1', '/api/v1/key'])(
  'contract row 21: GET %s',
  async (path) => {
    const { status, body } = await readJson(fetch(url + path, { headers: { authorization: 'Bearer inference' } }))
    expect({ status, body }).toEqual({ status: 500, body: masked })
  },
)

test.each([false, true])(
  'contract row 21: the details of a 500 that the client may not see are masked too; streamed: %s',
  async (stream) => {
    const details = {
      raw: 'secretive',
      providerName: 'Secretive',
      providerCode: 'secretive',
      issues: [{ path: 'secretive', message: '' }],
    }
    const metadata = {
      requested: 'acme/m1',
      strategy: 'direct' as const,
      region: null,
      summary: '',
      attempt: 1,
      isByok: false,
      endpoints: [],
      attempts: [],
      pipeline: [],
    }
    before = [
      [{ type: 'error', error: new GatewayError('server', 'secretive', details), retry: { scope: 'never' }, metadata }],
    ]
    const { status, body } = await readJson(post('/api/v1/chat/completions', { messages, stream }))
    expect({ status, body }).toEqual({ status: 500, body: masked })
  },
)

test('contract row 21, §4.4: after the first token it is the last event, with the same general message', async () => {
  before = [
    [
      { type: 'committed', provider: 'Prov A', model: 'acme/m1', endpoint: 'acme/m1@prov-a', attempt: 1 },
      { type: 'text-delta', choice: 0, text: 'Hi' },
    ],
  ]
  failures.length = 0
  const { chunks, done, text } = await readStream(await post('/api/v1/chat/completions', { messages, stream: true }))
  expect({ text, done }).toEqual({ text: 'Hi', done: true })
  const last = chunks.at(-1)
  expect(last).toMatchObject({ ...masked, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] })
  expect(last).not.toHaveProperty('openrouter_metadata')
  expect(JSON.stringify(chunks)).not.toContain('secretive')
  expect(failures).toEqual([mistake])
})
