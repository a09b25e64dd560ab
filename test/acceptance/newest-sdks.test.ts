import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { languages } from '../protocols/languages/languages.ts'
import { type GatewayOfAll, startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { accepted, at, called, calls, refused, sent } from './exchange.ts'

const endpoint = (provider: string, model: string, more: object = {}) => ({
  provider,
  model,
  pricing: { prompt: 1, completion: 2 },
  ...more,
})

let gateway: TestGateway
let vendor: Simulator
beforeAll(async () => {
  vendor = await startSimulator()
  const at = (slug: string) => ({ base_url: `${vendor.url}/${slug}/v1`, api_key: 'upstream-secret' })
  gateway = await startGateway({
    models: {
      'acme/falls': { endpoints: [endpoint('prov-a', 'status-503'), endpoint('prov-b', 'steady')] },
      'acme/sees': { input_modalities: ['text', 'video'], endpoints: [endpoint('prov-a', 'steady')] },
      'acme/thinks': { reasoning: { efforts: ['low', 'high'] }, endpoints: [endpoint('prov-a', 'steady')] },
      'acme/tiers': {
        endpoints: [
          endpoint('prov-a', 'status-502'),
          endpoint('prov-a', 'status-504', { tier: 'priority', tag: 'prov-a/priority' }),
          endpoint('prov-a', 'status-529', { tier: 'ultrafast', tag: 'prov-a/ultrafast' }),
          endpoint('prov-b', 'steady'),
        ],
      },
      'vendor/caches': { endpoints: [endpoint('openai', 'gpt-5.6')] },
      'vendor/caches-chat': { endpoints: [endpoint('openai', 'gpt-5.6-chat-latest')] },
      'vendor/plain': { endpoints: [endpoint('openai', 'gpt-4o')] },
      'vendor/rich': { endpoints: [endpoint('openrouter', 'acme/m1')] },
    },
    providers: {
      ...Object.fromEntries(['prov-a', 'prov-b', 'prov-c', 'openai', 'openrouter'].map((slug) => [slug, at(slug)])),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await vendor.close()
})
beforeEach(() => vendor.clearJournal())

/** A gateway like that of the other tests, with the journal of the upstream that it calls. */
const seen = (): TestGateway => ({ ...gateway, simulator: vendor })

/** Returns the body that the upstream receives for these fields. */
async function sentFor(fields: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  await accepted(gateway, fields)
  return sent(seen())
}

describe('every endpoint row has what the newest decoders demand', () => {
  test('its tier, its own tools, and whether it distinguishes speakers', async () => {
    const reply = await (await gateway.get('/api/v1/models/acme/tiers/endpoints')).json()
    const { endpoints } = Object(reply).data
    expect(endpoints.map((row: { service_tier: unknown }) => row.service_tier)).toEqual([
      null,
      'priority',
      'ultrafast',
      null,
    ])
    for (const row of endpoints) expect(row).toMatchObject({ native_tools: {}, supports_diarization: false })
  })
})

describe('provider.options', () => {
  test('reach the provider that they are for, and no other', async () => {
    const options = {
      'PROV-A': { guided: 'a' },
      'prov-b': { guided: 'b', nested: { deep: [1] } },
      nobody: { guided: 'x' },
    }
    await accepted(gateway, { model: 'acme/falls', provider: { options } })
    const [first, ...others] = calls(seen())
    expect(first?.body).toMatchObject({ guided: 'a' })
    expect(first?.body).not.toHaveProperty('nested')
    for (const { body } of others.slice(-1)) expect(body).toMatchObject({ guided: 'b', nested: { deep: [1] } })
    expect(new Set(called(seen()))).toEqual(new Set(['prov-a', 'prov-b']))
  })

  test('replace nothing that the gateway decides or bills by', async () => {
    const theirs = {
      model: 'status-500',
      messages: [],
      tools: [{ type: 'web_search' }],
      max_tokens: 9,
      service_tier: 'priority',
      stream: true,
      user: 'raw',
      temperature: 2,
      stop: ['x'],
    }
    const plain = await sentFor({ temperature: 0.5 })
    const body = await sentFor({ temperature: 0.5, provider: { options: { 'prov-a': theirs } } })
    expect(body).toEqual({ ...plain, stop: ['x'] })
  })

  test('neither another conversation, nor an answer that is made where nobody sees its price', async () => {
    const plain = await sentFor({})
    const theirs = {
      previous_response_id: 'r',
      conversation: 'c',
      cachedContent: 'c',
      background: true,
      mcp_servers: [],
    }
    expect(await sentFor({ provider: { options: { 'prov-a': theirs } } })).toEqual(plain)
  })

  test('a hostile key harms nobody', async () => {
    const provider = JSON.parse('{"options":{"prov-a":{"__proto__":{"polluted":1},"fine":1},"__proto__":{"a":1}}}')
    const body = await sentFor({ provider })
    expect(body['fine']).toBe(1)
    expect(body).not.toHaveProperty('polluted')
    expect(Object.hasOwn(body, '__proto__')).toBe(false)
  })

  test.each([{ options: 1 }, { options: { 'prov-a': 'x' } }, { options: [] }])('malformed: %o', async (provider) => {
    const error = await refused(gateway, { provider })
    expect(error['message']).toContain('provider.options')
  })

  test.each([{ options: null }, { options: {} }, { options: { 'prov-a': null } }])('empty: %o', async (provider) => {
    await accepted(gateway, { provider })
  })
})

describe('provider.options in every language', () => {
  let all: GatewayOfAll
  beforeAll(async () => {
    all = await startGatewayOfAll({ m: ['steady'] })
  })
  afterAll(() => all.close())

  /** A field of each protocol that the gateway never writes, some of them inside objects that it writes. */
  const fields: Readonly<Record<string, { readonly given: object; readonly path: readonly string[] }>> = {
    messages: { given: { container: 'c' }, path: ['container'] },
    'generate-content': {
      given: { generationConfig: { candidateCount: 1 } },
      path: ['generationConfig', 'candidateCount'],
    },
    converse: { given: { requestMetadata: { a: 'b' } }, path: ['requestMetadata', 'a'] },
    'cohere-chat': { given: { safety_mode: 'OFF' }, path: ['safety_mode'] },
    responses: { given: { truncation: 'auto' }, path: ['truncation'] },
    'chat-completions': { given: { store: false }, path: ['store'] },
  }

  test.each(languages.map(({ protocol: { name } }) => name))('%s', async (name) => {
    const field = fields[name]
    if (field === undefined) throw new Error(`Say which field to try in ${name}.`)
    all.upstream.clearJournal()
    const provider = { options: { [`${name}-a`]: field.given, [`${name}-b`]: { never: 1 } } }
    const reply = await all.chat({ model: `${name}/m`, max_tokens: 4711, provider })
    expect(await reply.text()).toContain('"choices"')
    const { body } = all.upstream.journal().at(-1) ?? {}
    expect(at(body, ...field.path)).toBeDefined()
    expect(JSON.stringify(body)).toContain('4711')
    expect(JSON.stringify(body)).not.toContain('never')
  })
})

describe('service_tier "ultrafast"', () => {
  test('begins with ultrafast, then priority, then default', async () => {
    await accepted(gateway, { model: 'acme/tiers', service_tier: 'ultrafast' })
    const asked = calls(seen()).map(({ body }) => `${String(at(body, 'model'))} ${String(at(body, 'service_tier'))}`)
    expect([...new Set(asked)]).toEqual([
      'status-529 ultrafast',
      'status-504 priority',
      'status-502 default',
      'steady default',
    ])
  })

  test('is used only on request', async () => {
    for (const tier of ['priority', 'fast', 'default', 'auto', undefined]) {
      vendor.clearJournal()
      await accepted(gateway, { model: 'acme/tiers', service_tier: tier })
      expect(calls(seen()).map(({ body }) => at(body, 'model'))).not.toContain('status-529')
    }
  })

  test('where the model has no such endpoints, the request to the provider names its best tier', async () => {
    expect((await sentFor({ service_tier: 'ultrafast' }))['service_tier']).toBe('priority')
    expect((await sentFor({ model: 'vendor/rich', service_tier: 'ultrafast' }))['service_tier']).toBe('ultrafast')
  })
})

describe('plugins that are not built', () => {
  test.each([
    {
      id: 'alignment',
      rules: [{ rule: 'Be kind.', watch: ['content', 'tool_calls'] }],
      mode: 'enforce',
      threshold: 0.5,
    },
    { id: 'armor', mode: 'audit', on_error: 'log', output_mode: 'text', classifier_context: { v: 1 } },
  ])('$id is refused by name when it is on, and passes when it is off', async (plugin) => {
    const error = await refused(gateway, { plugins: [plugin] })
    expect(error['message']).toBe(`The plugin "${plugin.id}" is not supported by this gateway yet.`)
    expect((await refused(gateway, { plugins: [{ ...plugin, enabled: true }] }))['message']).toBe(error['message'])
    expect(await sentFor({ plugins: [{ ...plugin, enabled: false }] })).not.toHaveProperty('plugins')
  })

  test.each([
    { id: 'jev-router', allowed_models: ['a/*'], excluded_models: ['b/*'], cost_tier: 'low' },
    { id: 'switchyard-router', algorithm: 'stage', judge_model: 'a/b' },
    { id: 'fusion', preset: 'general-fast', analysis_models: ['a/b'] },
  ])('$id only configures a model that was not requested', async (plugin) => {
    expect(await sentFor({ plugins: [plugin] })).not.toHaveProperty('plugins')
  })

  test.each([
    [{ id: 'alignment', threshold: 2 }, 'plugins[0].threshold'],
    [{ id: 'armor', mode: 'block' }, 'plugins[0].mode'],
    [{ id: 'switchyard-router', algorithm: 'best' }, 'plugins[0].algorithm'],
    [{ id: 'shield' }, 'plugins[0].id'],
  ])('malformed: %o', async (plugin, path) => {
    expect((await refused(gateway, { plugins: [plugin] }))['message']).toContain(path)
  })
})

describe('the gateway’s own fields are not sent upstream', () => {
  const tool = (name: string) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: {} } },
  })
  const deferred = { protocol: 'v1', profile: 'portable', validation: 'runtime' }

  test.each([
    { type: 'bm25' },
    { type: 'regex', max_results: 3 },
    { type: 'custom', tool_id: 'find', result_key: 'tools' },
  ])('deferred_tools with search %o: all tools are sent', async (search) => {
    const tools = [tool('a'), { ...tool('b'), defer_loading: true }]
    const nested = { ...tool('c'), function: { ...tool('c').function, defer_loading: true } }
    const body = await sentFor({ deferred_tools: { ...deferred, search }, tools: [...tools, nested] })
    expect(body['tools']).toEqual([tool('a'), tool('b'), tool('c')])
    expect(body).not.toHaveProperty('deferred_tools')
  })

  test.each([
    [{ ...deferred }, 'deferred_tools.search'],
    [{ ...deferred, protocol: 'v2', search: { type: 'bm25' } }, 'deferred_tools.protocol'],
    [{ ...deferred, search: { type: 'magic' } }, 'deferred_tools.search.type'],
    [{ ...deferred, search: { type: 'custom', tool_id: 'find' } }, 'deferred_tools.search.result_key'],
  ])('malformed deferred_tools: %o', async (deferred_tools, path) => {
    expect((await refused(gateway, { deferred_tools, tools: [tool('a')] }))['message']).toContain(path)
  })

  test('a completion keeps them too', async () => {
    const reply = await gateway.post('/api/v1/completions', {
      model: 'vendor/rich',
      prompt: 'hi',
      deferred_tools: { ...deferred, search: { type: 'bm25' } },
      x_search_filter: {},
    })
    expect(reply.status).toBe(200)
    expect(Object.keys(sent(seen()))).not.toEqual(expect.arrayContaining(['deferred_tools', 'x_search_filter']))
  })

  test.each(['video_url', 'input_video'])('%s.processing', async (type) => {
    const video_url = { url: 'https://93.184.216.34/boat.mp4' }
    const said = { type: 'text', text: 'look' }
    const body = await sentFor({
      model: 'acme/sees',
      messages: [{ role: 'user', content: [said, { type, video_url: { ...video_url, processing: 'agentic' } }] }],
    })
    expect(at(body, 'messages', 0, 'content')).toEqual([said, { type, video_url }])
    const wrong = [{ role: 'user', content: [{ type, video_url: { ...video_url, processing: 'slow' } }] }]
    expect((await refused(gateway, { model: 'acme/sees', messages: wrong }))['message']).toContain('processing')
  })

  const update = (effort: string) => ({ role: 'system', content: '', configuration_update: { reasoning: { effort } } })
  const user = (content: string) => ({ role: 'user', content })

  test('the last configuration_update sets the effort; the messages with nothing else are left out', async () => {
    const system = { role: 'developer', content: 'Be brief.', configuration_update: { reasoning: { effort: 'low' } } }
    const answer = { role: 'assistant', content: 'b' }
    const body = await sentFor({
      model: 'acme/thinks',
      reasoning: { max_tokens: 2000 },
      messages: [system, user('a'), answer, update('high'), user('c')],
    })
    expect(body['messages']).toEqual([{ role: 'system', content: 'Be brief.' }, user('a'), answer, user('c')])
    expect(body['reasoning_effort']).toBe('high')
    expect(JSON.stringify(body)).not.toContain('configuration_update')
  })

  test('it has priority over the effort of the request, which applies where there is none', async () => {
    const messages = [update('low'), user('a')]
    expect((await sentFor({ model: 'acme/thinks', messages, reasoning_effort: 'high' }))['reasoning_effort']).toBe(
      'low',
    )
    const none = [{ role: 'system', content: '', configuration_update: null }, user('a')]
    const body = await sentFor({ model: 'acme/thinks', messages: none, reasoning_effort: 'high' })
    expect(body['reasoning_effort']).toBe('high')
    expect(JSON.stringify(body)).not.toContain('configuration_update')
  })

  test.each([
    [[{ ...update('low'), configuration_update: { reasoning: {} } }, user('a')], 'effort'],
    [[update('hard'), user('a')], 'effort'],
    [[update('low')], 'messages must hold something else'],
  ])('malformed: %j', async (messages, said) => {
    expect((await refused(gateway, { model: 'acme/thinks', messages }))['message']).toContain(said)
  })
})

describe('how long prompts are cached, in OpenAI’s fields', () => {
  const breakpoint = { mode: 'explicit', ttl: '12h' }
  const asked = {
    prompt_cache_options: { mode: 'explicit', ttl: '30m' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', prompt_cache_breakpoint: breakpoint }] }],
  }

  test.each([
    ['vendor/caches', 'input'],
    ['vendor/caches-chat', 'messages'],
    ['vendor/rich', 'messages'],
  ])('%s accepts breakpoints: their own ttl is kept, and the options are sent too', async (model, place) => {
    const body = await sentFor({ ...asked, model })
    expect(body['prompt_cache_options']).toEqual(asked.prompt_cache_options)
    expect(at(body, place, 0, 'content', 0, 'prompt_cache_breakpoint')).toEqual(breakpoint)
  })

  test.each(['vendor/plain', 'acme/m1'])('%s accepts none: neither is sent', async (model) => {
    const body = JSON.stringify(await sentFor({ ...asked, model }))
    expect(body).not.toContain('prompt_cache')
    expect(body).not.toContain('12h')
  })
})
