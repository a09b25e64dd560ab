import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { offer } from '../../../src/offerings/offer-providers.ts'
import { generateContentUpstream } from '../../../src/protocols/generate-content/upstream.ts'
import googleVertex from '../../../src/providers/google-vertex.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'
import { readStream } from '../../sse.ts'
import { contentOfStream } from '../../choice-content.ts'

let vertex: Simulator
let gateway: TestGateway
beforeAll(async () => {
  vertex = await startSimulator()
  const endpoint = (model: string, more: object = {}) => ({
    input_modalities: ['text', 'image', 'file'],
    endpoints: [{ provider: 'google-vertex', model, pricing: { prompt: 1, completion: 2 }, ...more }],
  })
  gateway = await startGateway({
    providers: {
      'google-vertex': { base_url: `${vertex.url}/v1/projects/p/locations/global`, api_key: 'AIza-an-api-key' },
      'prov-a': { base_url: `${vertex.url}/v1` },
      'prov-b': { base_url: `${vertex.url}/v1` },
      'prov-c': { base_url: `${vertex.url}/v1` },
    },
    models: {
      'test/gemini': endpoint('gemini-3-pro-preview+parallel-tool-calls'),
      'test/plain': endpoint('gemini-2.5-pro'),
      'test/claude': endpoint('claude-sonnet-4-5@20250929'),
      'test/fast': endpoint('gemini-3-flash+steady', { tag: 'google-vertex/priority', tier: 'priority' }),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await vertex.close()
})
beforeEach(() => vertex.clearJournal())

const last = () => vertex.journal().at(-1)

test('Gemini has a path below its publisher, and an API key goes in a header', async () => {
  const response = await gateway.chat({ model: 'test/plain' })
  expect(Object(await response.json()).choices[0].message.content).toBe(simulatedText(12))
  expect(last()?.path).toBe('/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:generateContent')
  expect(last()?.headers['x-goog-api-key']).toMatch(/-key$/)
})

test('Claude is called with Anthropic’s protocol', async () => {
  const response = await gateway.chat({ model: 'test/claude' })
  expect(Object(await response.json()).choices[0].message.content).toBe(simulatedText(12))
  expect(last()?.path).toMatch(/\/publishers\/anthropic\/models\/claude-sonnet-4-5@20250929:rawPredict$/)
  expect(last()?.body).toMatchObject({ anthropic_version: 'vertex-2023-10-16' })
})

const tools = ['one', 'two'].map((name) => ({
  type: 'function',
  function: {
    name,
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        where: { type: 'object', properties: { days: { type: 'array', items: { type: 'integer' } } } },
        sure: { type: 'boolean' },
      },
    },
  },
}))
const args = '{"city":"The river","where":{"days":[7]},"sure":true}'

test('arguments stream as they are written, two calls in a row, and both come back without ids', async () => {
  const read = await readStream(await gateway.chat({ model: 'test/gemini', tools, stream: true }))
  const received = contentOfStream(read.chunks)
  expect(received.toolCalls).toMatchObject([
    { name: 'one', arguments: args },
    { name: 'two', arguments: args },
  ])
  const deltas = read.chunks.filter(({ choices }) => choices[0]?.delta?.['tool_calls'] !== undefined)
  expect(deltas.length).toBeGreaterThan(8)
  const assistant = {
    role: 'assistant',
    tool_calls: received.toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called })),
    reasoning_details: received.reasoningDetails,
  }
  const results = received.toolCalls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' }))
  const messages = [{ role: 'user', content: 'hi' }, assistant, ...results]
  expect((await gateway.chat({ model: 'test/gemini', tools, messages })).status).toBe(200)
  expect(JSON.stringify(last()?.body)).not.toContain('"id"')
  expect(last()?.body).not.toHaveProperty('toolConfig')
})

test('the tier is a header', async () => {
  const response = await gateway.chat({ model: 'test/fast', service_tier: 'priority' })
  expect(response.status).toBe(200)
  expect(last()?.headers['x-vertex-ai-llm-shared-request-type']).toBe('priority')
  expect(last()?.body).not.toHaveProperty('serviceTier')
})

test('what lies in Google’s storage is named, nothing else is', async () => {
  const chat = (url: string) =>
    gateway.chat({
      model: 'test/plain',
      messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: url } }] }],
    })
  expect((await chat('gs://bucket/paper.pdf')).status).toBe(200)
  expect(last()?.body).toMatchObject({
    contents: [{ parts: [{ fileData: { fileUri: 'gs://bucket/paper.pdf', mimeType: 'application/pdf' } }] }],
  })
  expect((await chat('gs://bucket/paper')).status).toBe(400)
})

test.each([
  ['global', 'https://aiplatform.googleapis.com/v1/projects/p/locations/global'],
  ['us-east5', 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5'],
  ['eu', 'https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu'],
])('%s lies at %s', (location, baseUrl) => {
  const environment = { GOOGLE_VERTEX_PROJECT: 'p', GOOGLE_VERTEX_LOCATION: location }
  expect(offer(googleVertex, environment).baseUrl).toBe(baseUrl)
})

test.each([
  ['video', 'https://www.youtube.com/watch?v=a', true],
  ['video', 'https://youtu.be/a', true],
  ['video', 'https://example.com/youtube.com/a.mp4', false],
  ['image', 'https://www.youtube.com/a.png', false],
  ['image', 'https://generativelanguage.googleapis.com/v1beta/files/abc', true],
] as const)('%s %s: the Gemini API fetches it: %s; Vertex AI never', (type, url, fetched) => {
  expect(generateContentUpstream.takesUrl?.({ type, url }, {})).toBe(fetched)
  expect(generateContentUpstream.takesUrl?.({ type, url }, { host: 'vertex' })).toBe(false)
})

test('a service account gets a token first; if it gets none, the client receives the reason and no secret', async () => {
  let refuses = false
  const tokens = createServer((_, response) => {
    response.writeHead(refuses ? 400 : 200)
    response.end(JSON.stringify(refuses ? { error: 'invalid_grant' } : { access_token: 'a-token', expires_in: 1 }))
  })
  tokens.listen(0, '127.0.0.1')
  await once(tokens, 'listening')
  const address = tokens.address()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const api_key = JSON.stringify({
    type: 'service_account',
    client_email: 'waygate@p.iam.gserviceaccount.com',
    private_key: privateKey,
    token_uri: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/token`,
  })
  const base_url = `${vertex.url}/v1/projects/p/locations/global`
  const signed = await startGateway({
    providers: {
      'google-vertex': { base_url, api_key },
      'prov-a': { base_url },
      'prov-b': { base_url },
      'prov-c': { base_url },
    },
    models: {
      'test/plain': {
        endpoints: [{ provider: 'google-vertex', model: 'gemini-2.5-pro', pricing: { prompt: 1, completion: 2 } }],
      },
    },
  })
  expect((await signed.chat({ model: 'test/plain' })).status).toBe(200)
  expect(last()?.headers.authorization).toMatch(/oken$/)
  refuses = true
  const refused = await signed.chat({ model: 'test/plain' })
  expect(refused.status).toBe(502)
  const text = await refused.text()
  expect(text).toContain('The token endpoint answered 400 invalid_grant.')
  expect(text + signed.log.join('')).not.toContain('PRIVATE KEY')
  await signed.close()
  tokens.close()
})
