import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { stringOf } from '../../src/util/json.ts'
import { scriptedUpstream } from '../acceptance/exchange.ts'
import { eventually } from '../faults/eventually.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

const poor = 'sk-or-v1-test-key-that-can-pay-ten-words'
const admin = 'sk-or-v1-test-management-key-of-the-account'
const page = readFileSync(new URL('../../docs/billing.md', import.meta.url), 'utf8')
const table = page.slice(page.indexOf('| Situation |'), page.indexOf('Notes on single rows'))
const rows = table
  .trim()
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, situation = '', key = '', providers = '', source = '']) => ({ situation, key, providers, source }))

const nano = (usd: string): number => Math.round(Number(usd) * 1e9)

const pricing = { prompt: 1, completion: 2 }
const counted = 'usage-1000-500'
const at = (provider: string, model: string, more: object = {}) => ({ provider, model, pricing, ...more })
const twice = { pricing: { prompt: 2, completion: 4 } }
const one = (model: string, more: object = {}) => ({ endpoints: [at('prov-a', model, more)] })
const priced = (prices: object, model = counted) => one(model, { pricing: { ...pricing, ...prices } })

/** The answer of an upstream that counts what the simulator does not. */
const reply = (usage: object, more: object = {}) => ({
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500, ...usage },
    ...more,
  },
})
const scripted: Readonly<Record<string, { readonly body: object }>> = {
  reports: reply({ cost: 0.0015 }),
  writes: reply({ prompt_tokens_details: { cache_write_tokens: 400 } }),
  hears: reply({ prompt_tokens_details: { audio_tokens: 300 } }),
  searches: reply({ num_search_queries: 3 }),
}
const odd = (model: string, prices: object = {}) => ({
  endpoints: [{ provider: 'openrouter', model, pricing: { ...pricing, ...prices } }],
})
const late = 'slow-first-token-30+usage-1000-500'

const models = {
  'acme/counted': one(counted),
  'acme/reports': odd('reports'),
  'acme/silent': one('no-usage'),
  'acme/cached': priced({ input_cache_read: 0.1 }, `${counted}+cached-400`),
  'acme/writes': odd('writes', { input_cache_write: 1.25 }),
  'acme/request-fee': priced({ request: 0.01 }),
  'acme/images': { input_modalities: ['text', 'image'], ...priced({ image: 0.001 }) },
  'acme/hears': odd('hears', { audio: 10 }),
  'acme/searches': odd('searches', { web_search: 0.005 }),
  'acme/long': priced({ overrides: [{ min_prompt_tokens: 900, prompt: 3 }] }),
  'acme/noon': priced({ overrides: [{ utc_start: 1100, utc_end: 1300, completion: 4 }] }),
  'acme/tiers': {
    endpoints: [
      at('prov-a', counted),
      at('prov-a', counted, { tier: 'flex', tag: 'prov-a/flex', pricing: { prompt: 0.5, completion: 1 } }),
    ],
  },
  'acme/discounted': priced({ discount: 0.25 }),
  'acme/varied': { endpoints: [at('prov-a', counted), at('prov-b', counted, { pricing: {} })] },
  'acme/own-key': { endpoints: [at('prov-c', counted)] },
  'acme/nothing': one('usage-1000-0+empty+no-finish'),
  'acme/errs': one(`${counted}+finish-error`),
  'acme/falls-back': { endpoints: [at('prov-a', 'status-503'), at('prov-b', counted, twice)] },
  'acme/fails': one('status-503'),
  'acme/breaks': one('cut-after-10'),
  'acme/continued': {
    endpoints: [at('prov-a', 'cut-after-10+tokens-30'), at('prov-b', 'tokens-30', { ...twice, prefill: true })],
  },
  'acme/unfit': {
    endpoints: [
      at('prov-a', counted, { supported_parameters: [] }),
      at('prov-b', counted, { ...twice, supported_parameters: [] }),
    ],
  },
  'acme/hedged': { endpoints: [at('prov-a', `${late}+a`), at('prov-b', `${late}+b`, twice)] },
  'acme/late': one('blackhole'),
  'acme/stalls': one('tokens-12+stall-after-10'),
  'acme/paced': one('tokens-100+pace-20'),
}

let directory: string
let gateway: TestGateway
let storage: Storage
let simulator: Simulator
let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 25, 12) })
  directory = await mkdtemp(join(tmpdir(), 'waygate-billing-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  upstream = await scriptedUpstream(() => scripted[stringOf(upstream.lastRequest()['model']) ?? ''] ?? reply({}))
  simulator = await startSimulator()
  const provider = (slug: string) => ({ base_url: `${simulator.url}/${slug}/v1`, api_key: 'upstream-secret' })
  gateway = await startGateway({
    storage: { url },
    keys: [
      { name: 'test', key: testKey },
      { name: 'poor', key: poor, limit: 0.000041 },
      { name: 'admin', key: admin, management: true },
    ],
    providers: {
      openrouter: { base_url: upstream.url, api_key: 'upstream-secret' },
      'prov-a': { ...provider('prov-a'), hedge: { at: 'p95', budget: 0.25 } },
      'prov-b': provider('prov-b'),
      'prov-c': provider('prov-c'),
    },
    models,
  })
  storage = await openStorage(url)
})
afterAll(async () => {
  vi.useRealTimers()
  await gateway.close()
  await simulator.close()
  await upstream.close()
  await storage.close()
  await rm(directory, { recursive: true })
})

/** Sends a request, reads the reply to its end, and returns the id of its generation. */
async function ask(model: string, body: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const reply = await gateway.chat({ model: `acme/${model}`, ...body }, headers)
  await reply.text().catch(() => {})
  return reply.headers.get('x-generation-id') ?? ''
}

/** Sends a request, and leaves once `isEnough` is true of what came. */
async function leave(model: string, isEnough: (text: string) => boolean): Promise<string> {
  simulator.clearJournal()
  const known = ids().length
  const leaving = new AbortController()
  const reply = fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `acme/${model}`, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    signal: leaving.signal,
  })
  reply.catch(() => {})
  await eventually(() => simulator.journal()[0])
  if (!isEnough('')) {
    const reader = (await reply).body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!isEnough(text)) text += (await reader?.read())?.value ?? ''
  }
  leaving.abort()
  return eventually(() => ids()[known])
}

/** The ids of the generations whose end is in the log. */
const ids = (): readonly string[] =>
  gateway.log.flatMap((line) => stringOf(Object(JSON.parse(line))['generationId']) ?? [])

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
const json = { response_format: { type: 'json_object' } }
const tenWords = simulatedText(10).split(' ').at(-1) ?? ''

const plays: Readonly<Record<string, () => Promise<string>>> = {
  'The provider counts the tokens': () => ask('counted'),
  'The same, streamed': () => ask('counted', { stream: true }),
  'The provider reports the amount: 0.0015 USD': () => ask('reports'),
  'The provider reports no usage; the answer has 74 characters': () => ask('silent'),
  '400 tokens of the prompt were read from the cache, at 0.1 USD': () => ask('cached'),
  '400 tokens of the prompt were written to the cache, at 1.25 USD': () => ask('writes'),
  'A fee of 0.01 USD for each request': () => ask('request-fee'),
  'Two images in the prompt, at 0.001 USD each': () =>
    ask('images', { messages: [{ role: 'user', content: [image, image] }] }),
  '300 tokens of the prompt are audio, at 10 USD': () => ask('hears'),
  'Three searches of the provider, at 0.005 USD each': () => ask('searches'),
  'Prompts of more than 900 tokens cost 3 USD': () => ask('long'),
  'Between 11:00 and 13:00 UTC tokens of the answer cost 4 USD; it is noon': () => ask('noon'),
  'The flex tier serves, at half the price': () => ask('tiers', { service_tier: 'flex' }),
  'A discount of a quarter': () => ask('discounted'),
  'A free variant': () => ask('varied:free'),
  "The call is made with a key of the account's own ([byok.md](byok.md)), without a fee": async () => {
    const brought = await fetch(`${gateway.url}/api/v1/byok`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'prov-c', key: 'key-of-the-account' }),
    })
    expect(brought.status).toBe(201)
    return ask('own-key')
  },
  'No completion tokens and no finish reason': () => ask('nothing'),
  'The finish reason is `error`': () => ask('errs'),
  'An endpoint fails, and the second one answers': () => ask('falls-back', { models: ['acme/falls-back'] }),
  'The only endpoint fails': () => ask('fails'),
  'A stream breaks off after ten words, and nobody continues it': () => ask('breaks', { stream: true }),
  'A stream breaks off after ten words, and the second endpoint continues it with 20 tokens': () =>
    ask('continued', { stream: true }, { 'x-waygate-stream-rescue': 'continue' }),
  'The answer does not fit the response format, and the second one is delivered': () => ask('unfit', json),
  'The first endpoint is late, and the second one answers before it': async () => {
    const order = { stream: true, provider: { order: ['prov-a', 'prov-b'] } }
    // Enough calls to know how long the endpoint usually takes; its figures are computed once a second.
    for (let call = 0; call < 25; call++) await ask('hedged', order)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    for (let call = 0; call < 8; call++) await ask('hedged', order)
    await fetch(`${simulator.url}/_behaviour`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${late}+a`, behaviour: 'slow-first-token-3000' }),
    })
    return ask('hedged', order)
  },
  'The client leaves before the answer begins': () => leave('late', () => true),
  'The client leaves after ten words': () => leave('stalls', (text) => text.includes(tenWords)),
  'The limit of the key ends a stream after ten words': () =>
    ask('paced', { stream: true }, { authorization: `Bearer ${poor}` }),
  'The limit of the key does not cover a call': () =>
    ask('counted', { max_tokens: 100 }, { authorization: `Bearer ${poor}` }),
}

test('every row of the table is played, and every play has its row', () => {
  expect(rows.map(({ situation }) => situation)).toEqual(Object.keys(plays))
})

test.each(rows)('docs/billing.md, contract row 61: $situation', async ({ situation, key, providers, source }) => {
  const id = await plays[situation]?.()
  const record = await eventually(() => storage.generations.find(id ?? '', 'default'))
  const { cost, promptCost, completionCost, otherCost, toolCost, costProvenance, attempts } = record
  expect({ cost, source: `\`${costProvenance}\``, attempts: attempts.map((attempt) => attempt.cost) }).toEqual({
    cost: nano(key),
    source,
    attempts: providers === 'no call' ? [] : providers.split(' and ').map(nano),
  })
  expect(promptCost + completionCost + otherCost + toolCost).toBe(cost)
})
