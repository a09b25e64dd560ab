import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject, at, readJson } from '../acceptance/exchange.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'

const managementKey = 'sk-or-v1-test-management-key-of-the-default-account'
const pricing = { prompt: 1, completion: 2 }
const prompt = 'The password is swordfish'

let gateway: TestGateway
let upstream: Server
let answer: { readonly type: string; readonly body: string } = { type: 'application/json', body: '{}' }
beforeAll(async () => {
  upstream = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': answer.type }).end(answer.body))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const base_url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
  const provider = (protocol: string) => ({ protocol, base_url, api_key: 'upstream-secret' })
  const endpoints = (slug: string) => [{ provider: slug, model: 'm', pricing }]
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: managementKey, management: true },
    ],
    providers: {
      'prov-a': provider('chat-completions'),
      'prov-b': provider('responses'),
      'prov-c': provider('generate-content'),
      'google-ai-studio': { base_url, api_key: 'upstream-secret' },
    },
    models: {
      'acme/chat': { endpoints: endpoints('prov-a') },
      'acme/responses': { endpoints: endpoints('prov-b') },
      'acme/gemini': { endpoints: endpoints('prov-c') },
      'acme/scribe': {
        input_modalities: ['audio'],
        output_modalities: ['transcription'],
        endpoints: endpoints('prov-a'),
      },
      'acme/painter': {
        output_modalities: ['image'],
        endpoints: [{ provider: 'prov-a', model: 'm', pricing: { output_image: 0.04 } }],
      },
      'acme/gemini-painter': {
        output_modalities: ['image'],
        endpoints: [{ provider: 'google-ai-studio', model: 'image', pricing: { output_image: 0.04 } }],
      },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  upstream.close()
})

describe('where no content is kept, the record of a failure does not quote what a provider says in place of a word', () => {
  test.each([
    ['acme/chat', { choices: [{ message: { role: 'assistant', content: '' }, finish_reason: prompt }] }],
    ['acme/responses', { id: 'r', output: [], status: prompt }],
    ['acme/gemini', { candidates: [{ content: { parts: [] }, finishReason: prompt }] }],
  ])('%s', async (model, body) => {
    answer = { type: 'application/json', body: JSON.stringify(body) }
    const reply = await gateway.chat({ model })
    expect(reply.status).toBe(502)
    const headers = { authorization: `Bearer ${managementKey}` }
    const record = await readJson(
      gateway.get(`/api/v1/waygate/generations/${reply.headers.get('x-generation-id')}`, headers),
    )
    expect(at(asObject(record.body['data']), 'error_message')).toEqual(expect.stringMatching(/^The provider /))
    expect(JSON.stringify(record.body)).not.toContain('swordfish')
  })
})

describe('an error in the middle of a stream is told as the provider told it', () => {
  const first = {
    'acme/scribe': { type: 'transcript.text.delta', delta: 'The river' },
    'acme/painter': { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: 'iVBORw0KGgo=' },
  }
  const paths = { 'acme/scribe': '/api/v1/audio/transcriptions', 'acme/painter': '/api/v1/images' }
  const bodies = {
    'acme/scribe': { input_audio: { data: 'UklGRg==', format: 'wav' } },
    'acme/painter': { prompt: 'a boat', partial_images: 1 },
  }

  describe.each(['acme/scribe', 'acme/painter'] as const)('%s', (model) => {
    test.each(['', 'event: error\n'])('with the line %j before its data', async (line) => {
      const error = { type: 'error', error: { code: 'rate_limit_exceeded', message: 'Too many boats.' } }
      const body = `data: ${JSON.stringify(first[model])}\n\n${line}data: ${JSON.stringify(error)}\n\n`
      answer = { type: 'text/event-stream', body }
      const reply = await gateway.post(paths[model], { model, stream: true, ...bodies[model] })
      const text = await reply.text()
      expect(text).toContain('Too many boats.')
      expect(text).not.toContain('.done"')
      expect(text).not.toContain('.completed"')
    })
  })
})

describe('images that nobody asked for are neither passed on nor charged', () => {
  const b64_json = 'iVBORw0KGgo='
  const completed = `data: ${JSON.stringify({ type: 'image_generation.completed', b64_json })}\n\n`
  const ask = (body: object): Promise<Response> =>
    gateway.post('/api/v1/images', { model: 'acme/painter', prompt: 'a boat', ...body })

  test('in a reply', async () => {
    answer = {
      type: 'application/json',
      body: JSON.stringify({ data: Array.from({ length: 100 }, () => ({ b64_json })) }),
    }
    const { body } = await readJson(ask({ n: 2 }))
    expect(body['data']).toHaveLength(2)
    expect(at(body, 'usage', 'cost')).toBe(0.08)
  })

  test('in the answer of a chat', async () => {
    const part = { inlineData: { mimeType: 'image/png', data: b64_json } }
    const parts = Array.from({ length: 100 }, () => part)
    answer = {
      type: 'application/json',
      body: JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }),
    }
    const { body } = await readJson(ask({ model: 'acme/gemini-painter' }))
    expect(body['data']).toHaveLength(1)
    expect(at(body, 'usage', 'cost')).toBe(0.04)
  })

  test('in a stream', async () => {
    answer = { type: 'text/event-stream', body: completed.repeat(100) }
    const text = await (await ask({ stream: true })).text()
    expect(text.match(/image_generation\.completed/g)).toHaveLength(1)
    expect(text).toContain('"cost":0.04')
  })
})
