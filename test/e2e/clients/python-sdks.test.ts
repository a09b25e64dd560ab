import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { toRecordText } from '../../../src/canonical/record-text.ts'
import { vectorOf } from '../../../src/simulator/protocols/embeddings/vector.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { openStorage } from '../../../src/storage/open-storage.ts'
import { isObject, stringOf } from '../../../src/util/json.ts'
import { asObject, at } from '../../acceptance/exchange.ts'
import { startMediaGateway, vendorModel } from '../../acceptance/media-gateway.ts'
import { startByokGateway } from '../../byok-gateway.ts'
import { generationRecord } from '../../contract/generation-record.ts'
import { eventually } from '../../faults/eventually.ts'
import { startGateway, type TestGateway, testKey } from '../../gateway.ts'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'
import { useVirtualTime } from '../../virtual-time.ts'
import { everyReply, type Outcome, startEveryReply } from './every-reply.ts'
import { cost, reasoning, text, weather, weatherArguments } from './expectations.ts'
import { installPythonSdk, lackOfPython, type PythonClient, startPythonClient } from './python/python-client.ts'

const run = promisify(execFile)
const embeddings = fileURLToPath(new URL('./python/embeddings.py', import.meta.url))
const images = fileURLToPath(new URL('./python/images.py', import.meta.url))
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const vendors = fileURLToPath(new URL('./python/vendors.py', import.meta.url))

const lack = await lackOfPython()
const installMs = 300_000

if (lack !== null) console.warn(`${lack}: the tests with the Python SDK are skipped.`)

/** The class that is raised for each status; the others have no class of their own (contract §5.2). */
const classes: Readonly<Record<number, string>> = {
  400: 'BadRequestResponseError',
  401: 'UnauthorizedResponseError',
  403: 'ForbiddenResponseError',
  404: 'NotFoundResponseError',
  413: 'PayloadTooLargeResponseError',
  422: 'UnprocessableEntityResponseError',
  429: 'TooManyRequestsResponseError',
  502: 'BadGatewayResponseError',
  503: 'ServiceUnavailableResponseError',
  504: 'OpenRouterDefaultError',
  529: 'ProviderOverloadedResponseError',
}

describe.skipIf(lack !== null)('the official Python SDK', () => {
  const messages = [{ role: 'user', content: 'hi' }]
  const tools = [{ type: 'function', function: weather }]
  const limited = 'sk-or-v1-test-key-with-a-limit'
  const adminKey = 'sk-or-v1-test-management-key'

  let python: string
  let gateway: TestGateway
  let client: PythonClient
  beforeAll(async () => {
    python = await installPythonSdk()
    gateway = await startEveryReply()
    client = startPythonClient(python, gateway)
  }, installMs)
  useVirtualTime()
  afterAll(async () => {
    client.close()
    await gateway.close()
  })

  /** Returns the decoded reply. */
  async function replyTo(method: string, parameters: Readonly<Record<string, unknown>> = {}, from = client) {
    const outcome = await from.ask(method, parameters)
    if (!('reply' in outcome)) throw new Error(JSON.stringify(outcome))
    return outcome.reply
  }

  const chat = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
    replyTo('chat.send', { model, messages, ...more })

  async function stream(model: string, more: Readonly<Record<string, unknown>> = {}): Promise<readonly unknown[]> {
    const chunks = await chat(model, { ...more, stream: true })
    if (!Array.isArray(chunks)) throw new Error('expected a stream')
    return chunks
  }

  test('contract §8.B: presets are stored, listed, read and used', async () => {
    const asked = {
      slug: 'python',
      model: 'acme/m1',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
    }
    const config = { model: 'acme/m1', temperature: 0.5 }
    const version = { version: 1, config, system_prompt: 'Be brief.' }
    const stored = await replyTo('presets.create_presets_chat_completions', { ...asked, temperature: 0.5 })
    expect(stored).toMatchObject({ data: { slug: 'python', designated_version: version } })
    expect(await replyTo('presets.get', { slug: 'python' })).toEqual(stored)
    expect(await replyTo('presets.list')).toMatchObject({ data: [{ slug: 'python' }], total_count: 1 })
    expect(await replyTo('presets.list_versions', { slug: 'python' })).toMatchObject({ data: [version] })
    expect(await replyTo('presets.get_version', { slug: 'python', version: '1' })).toMatchObject({ data: version })
    expect(await chat('@preset/python')).toMatchObject({ model: 'acme/m1' })
    expect(await client.ask('presets.get', { slug: 'none' })).toMatchObject({ status: 404, error: classes[404] })
  })

  test('a chat, streamed or not, with its usage and cost', async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500, cost }
    expect(await chat('sim/usage-1000-500')).toMatchObject({ object: 'chat.completion', usage })
    expect((await stream('sim/usage-1000-500')).at(-1)).toMatchObject({ usage })
    expect(await chat('acme/m1')).toMatchObject({ choices: [{ finish_reason: 'stop', message: { content: text } }] })
  })

  test('tools and reasoning', async () => {
    const call = { function: { name: weather.name, arguments: JSON.stringify(weatherArguments) } }
    expect(await chat('sim/tool-call', { tools })).toMatchObject({ choices: [{ message: { tool_calls: [call] } }] })
    expect(await chat('sim/reasoning')).toMatchObject({ choices: [{ message: { content: text, reasoning } }] })
  })

  // This client does not know the debug chunk: there it must only not disturb it.
  test('router metadata, and the debug chunk', async () => {
    const more = { x_open_router_metadata: 'enabled' }
    expect(await chat('acme/m1', more)).toMatchObject({
      openrouter_metadata: { requested: 'acme/m1', attempts: [{ status: 200 }] },
    })
    const chunks = await stream('acme/m1', { ...more, debug: { echo_upstream_body: true } })
    expect(chunks.at(-1)).toMatchObject({ openrouter_metadata: { requested: 'acme/m1' } })
  })

  test('the catalogue', async () => {
    const listed = await replyTo('models.list', { sort: 'newest' })
    expect(listed).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: 'acme/m1' })]) })
    expect(await replyTo('models.count')).toMatchObject({ data: { count: expect.any(Number) } })
    expect(await replyTo('models.get', { author: 'acme', slug: 'm1' })).toMatchObject({ data: { id: 'acme/m1' } })
    expect(await replyTo('endpoints.list', { author: 'acme', slug: 'm1' })).toMatchObject({
      data: { endpoints: ['prov-a', 'prov-b', 'prov-c'].map((tag) => ({ tag, native_tools: {}, service_tier: null })) },
    })
    expect(await replyTo('models.list_for_user', { security: { bearer: gateway.key }, limit: 500 })).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ id: 'acme/m1' })]),
      links: { next: null },
    })
    expect(await replyTo('providers.list')).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ slug: 'prov-a' })]),
    })
  })

  test('the endpoints that retain nothing', async () => {
    const careful = await startByokGateway()
    const own = startPythonClient(python, careful.gateway)
    onTestFinished(async () => {
      own.close()
      await careful.close()
    })
    const { data } = asObject(await replyTo('endpoints.list_zdr_endpoints', {}, own))
    expect(data).toMatchObject([{ model_id: 'acme/m1', tag: 'prov-b', pricing: { prompt: '0.000002' } }])
  })

  test('a generation', async () => {
    const reply = await chat('acme/m1')
    if (!isObject(reply)) throw new Error('no reply')
    const { id } = reply
    expect(await replyTo('generations.get_generation', { id })).toMatchObject({ data: { id, model: 'acme/m1' } })
  })

  test('the calling key, without a limit and with one that is spent', async () => {
    expect(await replyTo('api_keys.get_current_key_metadata')).toMatchObject({
      data: { budgets: [], effective_budget: null, allowed_data_regions: ['global'] },
    })
    const other = await startGateway({
      keys: [{ name: 'limited', key: limited, limit: 0.001 }],
      models: { 'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'usage-1000-500', pricing: { prompt: 1 } }] } },
    })
    const poor = startPythonClient(python, { url: other.url, key: limited })
    onTestFinished(async () => {
      poor.close()
      await other.close()
    })
    await replyTo('chat.send', { model: 'acme/m1', messages }, poor)
    const budget = { scope: 'key_limit', limit_usd: 0.001, spend_usd: 0.001, remaining_usd: 0, reset_interval: null }
    expect(await replyTo('api_keys.get_current_key_metadata', {}, poor)).toMatchObject({
      data: { budgets: [budget], effective_budget: budget },
    })
    expect(await poor.ask('chat.send', { model: 'acme/m1', messages })).toEqual({
      status: 403,
      error: 'ForbiddenResponseError',
    })
  })

  test('the keys that an account brings for providers', async () => {
    const admin = 'sk-or-v1-test-management-key-of-the-default-account'
    const other = await startGateway({ keys: [{ name: 'admin', key: admin, management: true }] })
    const manager = startPythonClient(python, { url: other.url, key: admin })
    onTestFinished(async () => {
      manager.close()
      await other.close()
    })
    const key = 'sk-provider-secret-of-a-client-0123AbCd'
    const created = await replyTo('byok.create', { provider: 'openai', key, declared_region: 'europe' }, manager)
    const row = { provider: 'openai', label: 'sk-...AbCd', declared_region: 'europe', is_required: false }
    expect(created).toMatchObject({ data: row })
    const id = isObject(created) && isObject(created['data']) ? created['data']['id'] : undefined
    expect(await replyTo('byok.list', {}, manager)).toMatchObject({ data: [{ ...row, id }], total_count: 1 })
    expect(await replyTo('byok.get', { id }, manager)).toMatchObject({ data: { ...row, id } })
    const change = { is_byok_only: true, declared_region: null }
    expect(await replyTo('byok.update', { id, ...change }, manager)).toMatchObject({ data: { ...row, ...change, id } })
    expect(await replyTo('byok.delete', { id }, manager)).toEqual({ deleted: true })
    expect(await manager.ask('byok.get', { id })).toEqual({ status: 404, error: 'NotFoundResponseError' })
    expect(await client.ask('byok.list', {})).toEqual({ status: 403, error: 'ForbiddenResponseError' })
  })

  test('contract row 64: keys, credits, activity, contents and feedback', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'waygate-python-'))
    const url = `sqlite:${join(directory, 'waygate.db')}`
    const books = await openStorage(url)
    const yesterday = generationRecord({ id: 'gen-1', createdAt: Date.now() - 86_400_000, cost: 2_000_000 })
    await books.generations.write([toRecordText(yesterday)])
    await books.close()
    const own = await startGateway({
      storage: { url },
      keys: [
        { name: 'test', key: testKey },
        { name: 'admin', key: adminKey, management: true },
      ],
      accounts: { default: { log_content: true } },
    })
    const admin = startPythonClient(python, { url: own.url, key: adminKey })
    const user = startPythonClient(python, own)
    onTestFinished(async () => {
      admin.close()
      user.close()
      await own.close()
      await rm(directory, { recursive: true })
    })
    const made = await replyTo(
      'api_keys.create',
      { name: 'ours', limit: 10, limit_reset: 'monthly', expires_at: '2099-01-01T00:00:00Z', external: { user: 'u' } },
      admin,
    )
    expect(made).toMatchObject({ key: expect.stringMatching(/^sk-or-v1-/), data: { name: 'ours', external_user: 'u' } })
    const hash = stringOf(at(made, 'data', 'hash'))
    expect(await replyTo('api_keys.list', {}, admin)).toMatchObject({ data: [{ name: 'test' }, { name: 'ours' }] })
    expect(await replyTo('api_keys.get', { hash }, admin)).toMatchObject({ data: { hash, last_used_at: null } })
    const changed = await replyTo('api_keys.update', { hash, disabled: true }, admin)
    expect(changed).toMatchObject({ data: { disabled: true } })
    expect(await replyTo('api_keys.delete', { hash }, admin)).toEqual({ deleted: true })
    expect(await replyTo('credits.get_credits', {}, admin)).toMatchObject({ data: { total_credits: 0 } })
    expect(await replyTo('analytics.get_user_activity', {}, admin)).toMatchObject({
      data: [{ usage: 0.002, requests: 1, cached_tokens: expect.any(Number) }],
    })
    const id = stringOf(at(await replyTo('chat.send', { model: 'acme/m1', messages }, user), 'id'))
    const content = await eventually(async () => {
      const outcome = await user.ask('generations.list_generation_content', { id })
      if ('undecodable' in outcome) throw new Error(outcome.undecodable)
      return 'reply' in outcome ? outcome.reply : null
    })
    expect(content).toMatchObject({ data: { input: { messages }, output: { completion: text }, error: null } })
    const feedback = { generation_id: id, category: 'latency', comment: 'slow' }
    expect(await replyTo('generations.submit_feedback', feedback, admin)).toEqual({ data: { success: true } })
  })

  test('what it can ask for besides is understood', async () => {
    const update = { role: 'system', content: '', configuration_update: { reasoning: { effort: 'low' } } }
    const reply = await chat('acme/m1', {
      messages: [update, ...messages],
      service_tier: 'ultrafast',
      deferred_tools: { protocol: 'v1', profile: 'portable', validation: 'runtime', search: { type: 'bm25' } },
      plugins: [{ id: 'switchyard-router', algorithm: 'auto' }],
      provider: { options: { openai: { a: 1 } }, sort: 'price' },
      prompt_cache_options: { mode: 'explicit', ttl: '12h' },
      tools: tools.map((tool) => ({ ...tool, defer_loading: true })),
    })
    expect(reply).toMatchObject({ model: 'acme/m1' })
    const [call] = gateway.simulator.journal().slice(-1)
    expect(call?.body).toMatchObject({ reasoning_effort: 'low', service_tier: 'priority' })
    expect(JSON.stringify(call?.body)).not.toMatch(/configuration_update|defer|prompt_cache|switchyard|options/)
  })

  /** Returns the result for a client. An error of decoding fails the test. */
  async function outcomeOf(model: string, streamed: boolean): Promise<Outcome> {
    const outcome = await client.ask('chat.send', { model, messages, stream: streamed })
    if ('undecodable' in outcome) throw new Error(outcome.undecodable)
    if ('status' in outcome) {
      expect(outcome.error).toBe(classes[outcome.status])
      return { status: outcome.status }
    }
    const last: unknown = Array.isArray(outcome.reply) ? outcome.reply.at(-1) : outcome.reply
    const error = isObject(last) ? last['error'] : undefined
    return isObject(error) ? { broken: Number(error['code']) } : 'answer'
  }

  describe.concurrent('every reply is decoded', () => {
    test.for(everyReply)('$behaviour', async ({ model, json, stream }, { expect }) => {
      // This client does not know the error of a choice, and shows only the finish reason (contract §3.2).
      const expected = typeof json === 'object' && 'broken' in json ? 'answer' : json
      expect(await outcomeOf(model, false)).toEqual(expected)
      expect(await outcomeOf(model, true)).toEqual(stream)
    })
  })
})

describe.skipIf(lack !== null)('the official Python SDKs of Anthropic and OpenAI', () => {
  let python: string
  let gateway: GatewayOfAll
  beforeAll(async () => {
    python = await installPythonSdk()
    gateway = await startGatewayOfAll({ steady: ['steady'] })
  }, installMs)
  afterAll(() => gateway.close())

  test('read messages and responses, whole, streamed and in a schema, in front of every language', async () => {
    const models = languageNames.map((language) => `${language}/steady`)
    const env = { ...process.env, GATEWAY_URL: `${gateway.url}/api`, GATEWAY_KEY: gateway.key }
    const { stdout } = await run(python, [vendors, ...models], { env, timeout: 50_000 })
    const answers: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    const text = simulatedText(12)
    expect(answers).toEqual(
      models.map((model) => ({
        model,
        message: text,
        'streamed message': [text, text],
        tokens: expect.any(Number),
        response: text,
        'streamed response': [text, text],
        parsed: expect.any(String),
        background: ['BadRequestError', 400],
        unknown: ['BadRequestError', 400],
      })),
    )
  }, 60_000)

  test('change images, sent as files, whole and streamed', async () => {
    const painting = await startMediaGateway(
      {
        'acme/openai': vendorModel('image', 'openai', 'steady', { output_image: 0.04 }),
        'acme/xai': vendorModel('image', 'xai', 'steady', { output_image: 0.04 }),
        'acme/gemini': vendorModel('image', 'google-ai-studio', 'image', { output_image: 0.04 }),
      },
      ['openai', 'xai', 'google-ai-studio'],
    )
    onTestFinished(() => painting.close())
    const models = ['acme/openai', 'acme/xai', 'acme/gemini']
    const env = { ...process.env, GATEWAY_URL: `${painting.url}/api`, GATEWAY_KEY: painting.key, IMAGE: pixel }
    const { stdout } = await run(python, [images, ...models], { env, timeout: 50_000 })
    const answers = stdout.trim().split('\n')
    expect(answers.map((line): unknown => JSON.parse(line))).toEqual(
      models.map((model) => ({
        model,
        images: ['PNG', 'PNG'],
        events: [
          ...(model === 'acme/openai' ? [['image_edit.partial_image', 'PNG']] : []),
          ['image_edit.completed', 'PNG'],
        ],
      })),
    )
  }, 60_000)

  test('embed texts, in base64 that the SDK reads itself, and as numbers', async () => {
    const endpoint = { provider: 'prov-a', model: 'steady', operations: ['embeddings'], max_inputs: 2 }
    const embedding = await startGateway({ models: { 'acme/embed': { endpoints: [endpoint] } } })
    onTestFinished(() => embedding.close())
    const texts = ['one two', 'three', 'four five six']
    const env = { ...process.env, GATEWAY_URL: `${embedding.url}/api`, GATEWAY_KEY: embedding.key }
    const { stdout } = await run(python, [embeddings, 'acme/embed', ...texts], { env, timeout: 50_000 })
    expect(JSON.parse(stdout)).toEqual({
      usual: texts.map((text) => vectorOf(text, 16)),
      numbers: texts.map((text) => vectorOf(text, 3)),
      tokens: 3,
    })
    const formats = embedding.simulator.journal().map(({ body }) => Object(body).encoding_format)
    expect(formats).toEqual(['base64', 'base64', 'float', 'float', 'base64'])
  }, 60_000)
})
