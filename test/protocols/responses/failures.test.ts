import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

const late = ['cut-after-3', 'eof-after-3', 'no-finish', 'malformed-after-3', 'error-after-3']
const early = ['cut-after-0', 'eof-after-0', 'error-in-200', 'empty', 'malformed-after-0']

let gateway: ProtocolGateway
beforeAll(async () => {
  const fallback = (model: string) => ({
    endpoints: [
      { provider: 'prov-a', model, pricing: { prompt: 1, completion: 1 } },
      { provider: 'prov-b', model: 'tokens-6', pricing: { prompt: 2, completion: 2 } },
    ],
  })
  gateway = await startProtocolGateway('responses', {
    ...Object.fromEntries([...late, ...early].map((behaviour) => [behaviour, fallback(behaviour)])),
    'status-401': fallback('status-401'),
    'status-429': 'status-429+retry-after-7',
    'context-length': 'context-length',
    'content-filter': 'content-filter',
  })
})
afterAll(() => gateway.close())

test.each(late)('a stream that breaks after it began is never a success: %s', async (behaviour) => {
  const { chunks, done, text } = await readStream(await gateway.chat({ model: `test/${behaviour}`, stream: true }))
  expect(done).toBe(true)
  expect(simulatedText(12).startsWith(text)).toBe(true)
  expect(text).not.toBe('')
  expect(chunks.at(-1)).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] })
})

test.each(early)('before the first token another endpoint answers: %s', async (behaviour) => {
  const response = await gateway.chat({ model: `test/${behaviour}`, stream: true })
  const { chunks, text } = await readStream(response)
  expect(text).toBe(simulatedText(6))
  expect(chunks.at(-1)).toMatchObject({ usage: { completion_tokens: 6 } })
})

test('the refusal of the gateway’s credentials is not revealed', async () => {
  const response = await gateway.chat({ model: 'test/status-401' })
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: simulatedText(6) } }] })
})

test.each([
  ['status-429', 429, 'rate_limit_exceeded', '7'],
  ['context-length', 400, 'context_length_exceeded', null],
  ['content-filter', 400, 'content_policy_violation', null],
])('%s is reported as it is', async (name, status, type, retryAfter) => {
  const response = await gateway.chat({ model: `test/${name}` })
  expect(response.status).toBe(status)
  expect(response.headers.get('retry-after')).toBe(retryAfter)
  expect(await response.json()).toMatchObject({ error: { metadata: { error_type: type, provider_name: 'Prov A' } } })
})
