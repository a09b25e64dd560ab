import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { otherKey } from '../gateway.ts'
import { type GatewayOfAll, startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'

type Json = ReturnType<typeof JSON.parse>

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({ steady: ['steady'], second: ['steady', 'steady'] })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const ofOther = { authorization: `Bearer ${otherKey}` }
const user = { role: 'user', content: 'Hello' }

async function call(method: 'GET' | 'POST', path: string, body?: object, headers = {}) {
  const response =
    method === 'GET'
      ? await gateway.get(`/api/v1${path}`, headers)
      : await gateway.post(`/api/v1${path}`, body, headers)
  const reply: Json = await response.json()
  return { status: response.status, reply, headers: response.headers }
}

/** Stores a preset from a chat request. */
async function store(slug: string, body: object, headers = {}): Promise<Json> {
  const messages = [user]
  const { status, reply } = await call('POST', `/presets/${slug}/chat/completions`, { messages, ...body }, headers)
  if (status !== 200) throw new Error(JSON.stringify(reply))
  return reply.data
}

/** The body of the last call to the upstream. */
const sent = (): Json => gateway.upstream.journal().at(-1)?.body
const calls = (): number => gateway.upstream.journal().length

const surfaces = {
  'chat/completions': { messages: [user] },
  messages: { messages: [user], max_tokens: 100 },
  responses: { input: 'Hello' },
  completions: { prompt: 'Hello' },
} as const
const surfaceNames = Object.keys(surfaces) as (keyof typeof surfaces)[]

const lookup = (description: string) => ({
  type: 'function',
  function: { name: 'lookup', description, parameters: { type: 'object', properties: {} } },
})

describe('contract §6.14: a preset is stored from a request of any surface', () => {
  test.each([
    ['chat/completions', { messages: [{ role: 'system', content: 'Be brief.' }, user], max_completion_tokens: 50 }],
    ['messages', { messages: [user], system: [{ type: 'text', text: 'Be brief.' }], max_tokens: 50 }],
    ['responses', { input: 'Hello', instructions: 'Be brief.', max_output_tokens: 50 }],
  ])('%s', async (surface, body) => {
    const slug = `from-${surface.replace('/', '-')}`
    const asked = {
      ...{ ...body, model: 'messages/steady', models: ['responses/steady'], temperature: 0.5, stream: true },
      ...{ provider: { sort: 'price' }, plugins: [{ id: 'web', enabled: false }], max_tool_calls: 4 },
      ...{ session_id: 'one request alone', cache_enabled: true, cache_ttl_seconds: 60 },
    }
    const { status, reply } = await call('POST', `/presets/${slug}/${surface}`, asked)
    expect(status).toBe(200)
    const { data } = reply
    expect(data).toMatchObject({ slug, name: slug, status: 'active', description: null, workspace_id: null })
    expect(data.designated_version).toEqual({
      id: data.designated_version_id,
      preset_id: data.id,
      version: 1,
      config: {
        model: 'messages/steady',
        models: ['responses/steady'],
        max_tokens: 50,
        temperature: 0.5,
        provider: { sort: 'price' },
        plugins: [{ id: 'web', enabled: false }],
        max_tool_calls: 4,
        cache_enabled: true,
        cache_ttl_seconds: 60,
      },
      system_prompt: 'Be brief.',
      creator_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      created_at: data.updated_at,
      updated_at: data.updated_at,
    })
    expect(calls()).toBe(0)
  })

  test('every parameter comes back as it was, in whatever language it was said', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' }, strict: true } }
    const server = { type: 'openrouter:web_search', parameters: { max_results: 3 } }
    const all = {
      ...{ top_p: 0.9, top_k: 5, min_p: 0.1, top_a: 0.2, frequency_penalty: 1, presence_penalty: 1, seed: 7 },
      ...{ repetition_penalty: 1.1, logit_bias: { 5: 1 }, stop: ['END'], logprobs: true, top_logprobs: 2 },
      ...{ response_format: format, structured_outputs: true, tool_choice: 'auto', parallel_tool_calls: false },
      ...{ reasoning: { effort: 'high', exclude: true }, verbosity: 'low', service_tier: 'flex' },
      ...{ modalities: ['text'], image_config: { aspect_ratio: '1:1' }, prompt_cache_key: 'key' },
      ...{ cache_control: { type: 'ephemeral', ttl: '1h' }, prompt_cache_options: { mode: 'explicit', ttl: '12h' } },
      ...{ web_search_options: { search_context_size: 'low' } },
      tools: [lookup('First'), server],
    }
    const { designated_version: version } = await store('all', all)
    expect(version.config).toEqual(all)
    const again = await store('again', version.config)
    expect(again.designated_version.config).toEqual(all)

    const ofMessages = await call('POST', '/presets/said/messages', {
      ...{
        messages: [user],
        max_tokens: 9,
        thinking: { type: 'enabled', budget_tokens: 2000 },
        stop_sequences: ['END'],
      },
      ...{ tools: [{ name: 'lookup', description: 'First', input_schema: { type: 'object', properties: {} } }] },
      ...{ tool_choice: { type: 'any' }, service_tier: 'priority' },
    })
    expect(ofMessages.reply.data.designated_version.config).toMatchObject({
      ...{ max_tokens: 9, stop: ['END'], tool_choice: 'required', service_tier: 'priority' },
      ...{ tools: [lookup('First')], reasoning: { max_tokens: 2000 } },
    })
    const ofResponses = await call('POST', '/presets/said/responses', {
      ...{ input: 'Hello', reasoning: { effort: 'low' }, text: { verbosity: 'high', format: { type: 'json_object' } } },
      ...{ tools: [{ type: 'function', name: 'lookup', parameters: { type: 'object' } }], truncation: 'auto' },
    })
    expect(ofResponses.reply.data.designated_version).toMatchObject({
      version: 2,
      config: {
        ...{ reasoning: { effort: 'low' }, verbosity: 'high', response_format: { type: 'json_object' } },
        ...{ plugins: [{ id: 'context-compression' }] },
        tools: [{ type: 'function', function: { name: 'lookup', parameters: { type: 'object' } } }],
      },
    })
  })

  test('a second request under the slug is a second version, and both stay readable', async () => {
    const first = await store('twice', { temperature: 0.1 })
    const second = await store('twice', { temperature: 0.2, tools: [lookup('A')] })
    expect(second.id).toBe(first.id)
    expect(second.created_at).toBe(first.created_at)
    expect(second.designated_version.version).toBe(2)
    const { reply } = await call('GET', '/presets/twice/versions')
    expect(reply).toEqual({ data: [first.designated_version, second.designated_version], total_count: 2 })
    expect((await call('GET', '/presets/twice/versions?offset=1&limit=1')).reply).toEqual({
      data: [second.designated_version],
      total_count: 2,
    })
    expect((await call('GET', '/presets/twice/versions/1')).reply).toEqual({ data: first.designated_version })
    expect((await call('GET', '/presets/twice')).reply).toEqual({ data: second })
    expect((await call('GET', '/presets/twice/versions/3')).status).toBe(404)
    expect((await call('GET', '/presets/twice/versions/one')).status).toBe(400)
  })

  test('the list has the newest first, page by page, and nothing of other accounts', async () => {
    await store('old', {})
    await store('new', {})
    await store('theirs', {}, ofOther)
    const { reply } = await call('GET', '/presets')
    const slugs = reply.data.map(({ slug }: Json) => slug)
    expect(slugs.slice(0, 2)).toEqual(['new', 'old'])
    expect(slugs).not.toContain('theirs')
    expect(reply.total_count).toBe(slugs.length)
    expect(reply.data[0]).not.toHaveProperty('designated_version')
    const page = await call('GET', '/presets?offset=1&limit=1')
    expect(page.reply).toMatchObject({ data: [{ slug: 'old' }], total_count: slugs.length })
    expect((await call('GET', '/presets?limit=101')).status).toBe(400)
  })

  test.each([
    ['a slug with other letters', '/presets/a%20b/chat/completions', { messages: [user] }, 400, 'slug'],
    ['an invalid request', '/presets/x/chat/completions', { messages: [user], temperature: 9 }, 400, 'temperature'],
    ['a preset in a preset', '/presets/x/chat/completions', { messages: [user], model: '@preset/y' }, 400, 'model'],
    [
      'a tool that only one language has',
      '/presets/x/messages',
      { messages: [user], max_tokens: 1, tools: [{ type: 'bash_20250124', name: 'bash' }] },
      400,
      'tools[0]',
    ],
    ['a wrong time to live', '/presets/x/responses', { input: 'a', cache_ttl_seconds: 0 }, 400, 'cache_ttl_seconds'],
    [
      'too much',
      '/presets/x/chat/completions',
      { messages: [{ role: 'system', content: 'x'.repeat(140_000) }, user] },
      413,
      '131072',
    ],
  ])('%s is refused', async (_, path, body, expected, named) => {
    const { status, reply } = await call('POST', path, body)
    expect(status).toBe(expected)
    expect(reply.error.message).toContain(named)
    expect((await call('GET', '/presets/x')).status).toBe(404)
  })
})

describe('contract §6.14: a preset is part of each request that names it', () => {
  const upstreams = { 'chat/completions': 'chat-completions', messages: 'messages', responses: 'responses' } as const

  test.each(surfaceNames)('in three ways on /%s', async (surface) => {
    await store('plain', { model: 'chat-completions/steady', temperature: 0.25, max_tokens: 33 })
    const ask = (body: object) => call('POST', `/${surface}`, { ...surfaces[surface], ...body })
    for (const body of [
      { model: '@preset/plain' },
      { preset: 'plain' },
      { preset: 'plain', model: '@preset/plain' },
      { preset: 'plain', model: 'chat-completions/steady' },
      { model: 'chat-completions/steady@preset/plain' },
    ]) {
      const { status, reply } = await ask(body)
      expect(status, JSON.stringify(reply)).toBe(200)
      expect(reply.model).toBe('chat-completions/steady')
      expect(sent()).toMatchObject({ temperature: 0.25, max_tokens: surface === 'messages' ? 100 : 33 })
      expect(sent()).not.toHaveProperty('preset')
    }
    const optedIn = { 'x-openrouter-metadata': 'enabled' }
    for (const model of ['@preset/plain', 'chat-completions/steady@preset/plain']) {
      const { reply } = await call('POST', '/chat/completions', { ...surfaces['chat/completions'], model }, optedIn)
      expect(reply).toHaveProperty('openrouter_metadata.requested', model)
    }
    // What the request says itself counts, also with the mark behind another model.
    const { reply } = await ask({ model: 'messages/steady@preset/plain', temperature: 0.75 })
    expect(reply.model).toBe('messages/steady')
    expect(sent()).toMatchObject({ temperature: 0.75 })
  })

  test.each(Object.entries(upstreams))(
    'like to like on /%s: parameters, instructions and tools are in its own words',
    async (surface, language) => {
      await store('ours', {
        messages: [{ role: 'system', content: 'Be brief.' }, user],
        max_tokens: 64,
        ...{ tools: [lookup('Ours')], reasoning: { effort: 'low' } },
      })
      const body = surfaces[surface as keyof typeof upstreams]
      const { status, reply } = await call('POST', `/${surface}`, { ...body, model: `${language}/steady@preset/ours` })
      expect(status, JSON.stringify(reply)).toBe(200)
      const received = sent()
      expect(
        received[
          { 'chat/completions': 'max_tokens', messages: 'max_tokens', responses: 'max_output_tokens' }[surface] ?? ''
        ],
      ).toBe(surface === 'messages' ? 100 : 64)
      expect(JSON.stringify(received)).toContain('Be brief.')
      expect(JSON.stringify(received.tools)).toContain('Ours')
      // A request that instructs the model itself keeps its own instructions alone.
      const own = {
        'chat/completions': { messages: [{ role: 'developer', content: 'Be long.' }, user] },
        messages: { system: 'Be long.' },
        responses: { instructions: 'Be long.' },
      }
      await call('POST', `/${surface}`, {
        ...body,
        ...own[surface as keyof typeof upstreams],
        model: `${language}/steady@preset/ours`,
      })
      expect(JSON.stringify(sent())).toContain('Be long.')
      expect(JSON.stringify(sent())).not.toContain('Be brief.')
    },
  )
})

describe('contract row 72 and §6.14: the merge', () => {
  test('tools are united by identity: the request’s stand in the place of the preset’s, its others behind them', async () => {
    await store('tooled', { tools: [lookup('Preset'), { ...lookup('Kept'), function: { name: 'kept' } }], seed: 1 })
    const more = { type: 'function', function: { name: 'more' } }
    await call('POST', '/chat/completions', {
      ...{ model: 'chat-completions/steady@preset/tooled', messages: [user], seed: 2 },
      tools: [more, lookup('Request')],
    })
    expect(sent().seed).toBe(2)
    expect(sent().tools.map(({ function: { name, description } }: Json) => [name, description])).toEqual([
      ['lookup', 'Request'],
      ['kept', undefined],
      ['more', undefined],
    ])
  })

  test('a field of the request takes the place of the preset’s as a whole', async () => {
    await store('shallow', {
      ...{ model: 'messages/steady', models: ['responses/steady'], provider: { only: ['nowhere'], sort: 'price' } },
      ...{ reasoning: { effort: 'high', exclude: true }, plugins: [{ id: 'armor' }] },
    })
    const ask = (body: object) => call('POST', '/chat/completions', { messages: [user], preset: 'shallow', ...body })
    expect((await ask({})).status).toBe(400)
    expect((await ask({ plugins: [] })).status).toBe(404)
    const { status } = await ask({ plugins: [], provider: { sort: 'price' }, model: 'chat-completions/steady' })
    expect(status).toBe(200)
    expect(sent().reasoning_effort ?? sent().reasoning?.effort).toBe('high')
    const { reply } = await ask({ plugins: [], provider: {}, models: ['chat-completions/steady'] })
    expect(reply.model).toBe('messages/steady')
    await ask({ plugins: [], provider: {}, reasoning: { effort: 'low' } })
    expect(JSON.stringify(sent())).not.toContain('"high"')
  })

  test('the models of the preset stay behind a model of the request', async () => {
    await store('fallbacks', { model: 'messages/steady', models: ['responses/steady'] })
    const body = { messages: [user], provider: { only: ['responses-a'] } }
    const { reply } = await call('POST', '/chat/completions', {
      ...body,
      model: 'chat-completions/steady@preset/fallbacks',
    })
    expect(reply.model).toBe('responses/steady')
  })

  test('GET /generation shows the preset, and the route explanation and the count of tokens go by it', async () => {
    const { id } = await store('recorded', {
      model: 'chat-completions/steady',
      messages: [{ role: 'system', content: 'word '.repeat(500) }, user],
    })
    const asked = { model: '@preset/recorded', messages: [user] }
    const { headers } = await call('POST', '/chat/completions', asked)
    const plain = await call('POST', '/chat/completions', { ...asked, model: 'chat-completions/steady' })
    const presetOf = async (of: Headers) =>
      (await call('GET', `/generation?id=${of.get('x-generation-id')}`)).reply.data.preset_id
    expect(await presetOf(headers)).toBe(id)
    expect(await presetOf(plain.headers)).toBeNull()
    const { reply } = await call('POST', '/route', asked)
    expect(JSON.stringify(reply)).toContain('chat-completions/steady')
    const counted = await call('POST', '/messages/count_tokens', asked)
    expect(counted.reply).toMatchObject({ model: 'chat-completions/steady' })
    expect(counted.reply.input_tokens).toBeGreaterThan(400)
  })
})

describe('contract §6.13: the response cache and presets', () => {
  const ask = async (body: object, headers = {}) => {
    const asked = { model: '@preset/cached', messages: [user], ...body }
    return (await call('POST', '/chat/completions', asked, headers)).headers
  }
  const status = 'x-openrouter-cache-status'

  test('a preset switches it on and sets how long; a header has priority; a new version is another request', async () => {
    await store('cached', { model: 'chat-completions/steady', cache_enabled: true, cache_ttl_seconds: 60 })
    const first = await ask({})
    expect(first.get(status)).toBe('MISS')
    expect(first.get('x-openrouter-cache-ttl')).toBe('60')
    expect((await ask({})).get(status)).toBe('HIT')
    expect((await ask({}, { 'x-openrouter-cache': 'false' })).get(status)).toBeNull()
    expect((await ask({ seed: 5 }, { 'x-openrouter-cache-ttl': '90' })).get('x-openrouter-cache-ttl')).toBe('90')
    expect((await ask({}, { 'x-openrouter-cache-clear': 'true' })).get(status)).toBe('MISS')
    await store('cached', { model: 'chat-completions/steady', cache_enabled: true, temperature: 0.5 })
    const next = await ask({})
    expect(next.get(status)).toBe('MISS')
    expect(next.get('x-openrouter-cache-ttl')).toBe('300')
  })

  test('what a preset switches off stays off', async () => {
    await store('cached', { model: 'chat-completions/steady', cache_enabled: false })
    expect((await ask({}, { 'x-openrouter-cache': 'true' })).get(status)).toBeNull()
    expect((await ask({}, { 'x-openrouter-cache': 'true' })).get(status)).toBeNull()
  })
})

describe('contract §1.1: a preset that cannot be used is refused before any call', () => {
  const messageOf = (reply: Json): string => reply.error.message

  test.each(surfaceNames)(
    'on /%s: an unknown one, one of another account, two at once, and one in models',
    async (surface) => {
      await store('theirs', { model: 'chat-completions/steady' }, ofOther)
      await store('ours', { model: 'chat-completions/steady' })
      const ask = (body: object) => call('POST', `/${surface}`, { ...surfaces[surface], ...body })
      for (const slug of ['nothing', 'theirs', 'ours:free', '']) {
        const { status, reply } = await ask({ model: `@preset/${slug}` })
        expect(status).toBe(404)
        expect(messageOf(reply)).toBe(`The account has no preset "${slug}".`)
        expect(reply.type).toBe(surface === 'messages' ? 'error' : undefined)
      }
      expect(messageOf((await ask({ preset: 'nothing' })).reply)).toContain('"nothing"')
      const two = await ask({ model: '@preset/ours', preset: 'theirs' })
      expect([two.status, messageOf(two.reply)]).toEqual([
        400,
        'preset must be "ours", which model names, or be left out',
      ])
      const inList = await ask({ models: ['@preset/ours'] })
      expect(inList.status).toBe(400)
      expect(messageOf(inList.reply)).toContain('models[0]')
      expect((await ask({ stream: true, preset: 'nothing' })).status).toBe(404)
      expect(calls()).toBe(0)
    },
  )

  test('another account sees and changes only its own', async () => {
    await store('mine', { temperature: 0.5 })
    for (const path of ['/presets/mine', '/presets/mine/versions', '/presets/mine/versions/1']) {
      expect((await call('GET', path, undefined, ofOther)).status).toBe(404)
      expect((await call('GET', path, undefined, { authorization: '' })).status).toBe(401)
    }
    const theirs = await store('mine', { temperature: 1.5 }, ofOther)
    expect(theirs.designated_version.version).toBe(1)
    expect((await call('GET', '/presets/mine')).reply.data.designated_version.config).toEqual({ temperature: 0.5 })
  })
})
