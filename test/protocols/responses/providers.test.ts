import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

const reasoners = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-5.1',
  'gpt-5-codex',
  'o1',
  'o3-pro',
  'o4-mini',
  'codex-mini-latest',
  'gpt-5.6',
  'gpt-6-astra',
]
const talkers = [
  'gpt-4o',
  'gpt-4.1',
  'gpt-5-chat-latest',
  'gpt-5-search-api',
  'gpt-5.7-chat-latest',
  'gpt-audio',
  'gpt-4o-audio-preview',
  'gpt-3.5-turbo',
]
const slugOf = (provider: string, model: string): string => `${provider}/${model}`

let upstream: Simulator
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startSimulator()
  const provider = (slug: string) => ({ base_url: `${upstream.url}/${slug}/v1`, api_key: `upstream-secret-of-${slug}` })
  const others = ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { ...provider(slug), name: slug }])
  gateway = await startGateway({
    providers: { openai: provider('openai'), azure: provider('azure'), ...Object.fromEntries(others) },
    models: Object.fromEntries(
      ['openai', 'azure'].flatMap((slug) =>
        [...reasoners, ...talkers].map((model) => [
          slugOf(slug, model),
          { reasoning: {}, endpoints: [{ provider: slug, model, pricing: { prompt: 1, completion: 2 } }] },
        ]),
      ),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.clearJournal())

const ask = async (slug: string, body: object = {}) => {
  const response = await gateway.chat({ model: slug, ...body })
  const reply = await response.json()
  expect(response.status, JSON.stringify(reply)).toBe(200)
  const [entry] = upstream.journal()
  return { path: entry?.path, headers: entry?.headers ?? {}, body: Object(entry?.body) }
}

test.each(['openai', 'azure'])(
  '%s: models that reason are called with responses, the others with chat-completions',
  async (slug) => {
    for (const [models, path] of [
      [reasoners, 'responses'],
      [talkers, 'chat/completions'],
    ] as const) {
      for (const model of models) {
        upstream.clearJournal()
        expect([model, (await ask(slugOf(slug, model))).path]).toEqual([model, `/${slug}/v1/${path}`])
      }
    }
  },
)

const messages = [
  { role: 'developer', content: [{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }] },
  { role: 'user', content: 'hi' },
]
const about = { messages, user: 'jane', metadata: { a: 'b' }, service_tier: 'priority' }

test('OpenAI has the developer role, hashed end users, and tiers; a reply that is not stored needs no metadata', async () => {
  const { body, headers } = await ask('openai/gpt-5', about)
  expect(headers).toMatchObject({ authorization: expect.stringMatching(/enai$/) })
  expect(body).toMatchObject({
    input: [{ role: 'developer', content: 'be kind' }, { role: 'user' }],
    safety_identifier: expect.stringMatching(/^user_[0-9a-f]{32}$/),
    service_tier: 'priority',
  })
  expect(body).not.toHaveProperty('metadata')
})

test('from GPT-5.6 on the end of a prefix is marked for the cache, in whichever form the client asked for it', async () => {
  const prompt_cache_breakpoint = { mode: 'explicit' }
  const content = [{ type: 'text', text: 'hi', prompt_cache_breakpoint }]
  const { body } = await ask('openai/gpt-5.6', { messages: [messages[0], { role: 'user', content }] })
  expect(body.input.map(({ content: parts }: { content: unknown }) => parts)).toEqual([
    [{ type: 'input_text', text: 'be kind', prompt_cache_breakpoint }],
    [{ type: 'input_text', text: 'hi', prompt_cache_breakpoint }],
  ])
})

test('Azure has its key in a header of its own, and reasoning that only Azure can read', async () => {
  upstream.setBehaviour('reasoning')
  const response = await gateway.chat({ model: 'azure/gpt-5' })
  upstream.setBehaviour(null)
  const { message } = Object(await response.json()).choices[0]
  const format = 'azure-openai-responses-v1'
  expect(message.reasoning_details).toMatchObject([
    { type: 'reasoning.summary', format },
    { type: 'reasoning.encrypted', format },
  ])
  upstream.clearJournal()
  const turn = { role: 'user', content: 'and?' }
  const { headers, body } = await ask('azure/gpt-5', { messages: [turn, message, turn] })
  expect(headers).toMatchObject({ 'api-key': expect.stringMatching(/zure$/) })
  expect(headers).not.toHaveProperty('authorization')
  expect(body.input.map(({ type }: { type: string }) => type)).toEqual(['message', 'reasoning', 'message', 'message'])
})
