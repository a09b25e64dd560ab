import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { accepted, asObject, at, called, readJson, refusal } from './exchange.ts'

const endpoint = (provider: string, prompt: number, model = 'steady') => ({ provider, model, pricing: { prompt } })
const metadata = { 'x-openrouter-metadata': 'enabled' }
const code = [{ role: 'user', content: 'Fix the bug in this Python function.' }]

let gateway: TestGateway
let warning: unknown
beforeAll(async () => {
  const warned = once(process, 'warning')
  gateway = await startGateway({
    models: {
      'acme/cheap': { created: '2026-01-01', endpoints: [endpoint('prov-a', 0.5)] },
      'acme/dear': { created: '2026-01-02', endpoints: [endpoint('prov-b', 50)] },
      'acme/coder': { created: '2025-01-01', endpoints: [endpoint('prov-b', 5, 'status-503'), endpoint('prov-c', 6)] },
      'acme/gift': { endpoints: [endpoint('prov-c', 0)] },
    },
    routing: {
      outage_window_s: 0,
      auto: { 'code:debugging': ['acme/codr', 'acme/coder', 'acme/dear'] },
      coding_scores: { 'acme/coder': 0.9, 'acme/cheap': 0.5, 'acme/dear': 1 },
    },
  })
  ;[warning] = await warned
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('openrouter/auto', () => {
  test('recognises the kind of a prompt, and reports it', async () => {
    const { body } = await readJson(await gateway.chat({ model: 'openrouter/auto', messages: code }, metadata))
    expect(body).toMatchObject({
      model: 'acme/coder',
      provider: 'Prov C',
      openrouter_metadata: {
        requested: 'openrouter/auto',
        strategy: 'auto',
        pipeline: [{ type: 'plugin', name: 'auto-router', data: { task_type: 'code:debugging' } }],
      },
    })
  })

  test('stays with the model that answered last, where the request asks for it', async () => {
    const messages = [...code, { role: 'assistant', content: 'Done.', model: 'acme/dear' }, ...code]
    const pinned = { model: 'openrouter/auto', messages, plugins: [{ id: 'auto-router', pin_model: true }] }
    expect(await accepted(gateway, pinned)).toMatchObject({ model: 'acme/dear' })
    expect(await accepted(gateway, { ...pinned, plugins: [] })).toMatchObject({ model: 'acme/coder' })
  })

  test('keeps to what is allowed and to what the request demands of endpoints', async () => {
    const plugins = [{ id: 'auto-router', excluded_models: ['acme/cod*'] }]
    expect(await accepted(gateway, { model: 'openrouter/auto', messages: code, plugins })).toMatchObject({
      model: 'acme/dear',
    })
    const provider = { only: ['prov-a'], max_price: { prompt: 0.6 } }
    expect(await accepted(gateway, { model: 'openrouter/auto', messages: code, provider })).toMatchObject({
      model: 'acme/cheap',
    })
  })

  test('nothing is left: 404, and no provider is called', async () => {
    const plugins = [{ id: 'auto-router', allowed_models: ['nobody/*'] }]
    const error = await refusal(gateway.chat({ model: 'openrouter/auto', plugins }), 404)
    expect(error['message']).toContain('No models match')
    expect(called(gateway)).toEqual([])
  })

  test('too many letters of patterns: 400', async () => {
    const plugins = [{ id: 'auto-beta-router', excluded_models: Array.from({ length: 65 }, () => 'x'.repeat(1024)) }]
    const error = await refusal(gateway.chat({ model: 'openrouter/auto-beta', plugins }), 400)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe('plugins[0].excluded_models')
  })

  test('a completion has no messages: 400', async () => {
    const reply = await gateway.post('/api/v1/completions', { model: 'openrouter/auto', prompt: 'hi' })
    expect(asObject(await refusal(Promise.resolve(reply), 400))['availability']).toMatchObject({
      code: 'wrong_endpoint',
    })
  })
})

test('openrouter/free costs nothing', async () => {
  const { body } = await readJson(await gateway.chat({ model: 'openrouter/free' }, metadata))
  expect(body).toMatchObject({
    model: 'acme/gift',
    usage: { cost: 0 },
    openrouter_metadata: { strategy: 'free' },
  })
})

describe('openrouter/pareto-code', () => {
  const settings = (pareto: object) => ({
    model: 'waygate/pareto-code',
    plugins: [{ id: 'pareto-router', ...pareto }],
  })

  test('the cheapest that codes well enough', async () => {
    const { body } = await readJson(await gateway.chat({ model: 'openrouter/pareto-code' }, metadata))
    expect(body).toMatchObject({
      model: 'acme/coder',
      openrouter_metadata: { strategy: 'pareto', params: { quality_floor: 0.66 } },
    })
    expect(await accepted(gateway, settings({ min_coding_score: 0.5 }))).toMatchObject({ model: 'acme/cheap' })
  })

  test('the best for the money', async () => {
    expect(await accepted(gateway, settings({ max_price: 49, price_source: 'prompt' }))).toMatchObject({
      model: 'acme/coder',
    })
    const error = await refusal(gateway.chat({ ...settings({ max_price: 0 }), provider: { ignore: ['prov-c'] } }), 404)
    expect(error['availability']).toMatchObject({ code: 'constraint_filtered', excluded_by: ['max_price'] })
  })
})

describe('models that judge content instead of answering', () => {
  const judges = [
    'meta-llama/llama-guard-3-8b',
    'openai/gpt-oss-safeguard-20b',
    'openai/omni-moderation-latest',
    'google/shieldgemma-9b',
    'ibm/granite-guardian-3.3-8b',
    'qwen/qwen3guard-gen-8b',
    'nvidia/nemotron-content-safety-8b',
  ]
  const listed = (slugs: readonly string[], price: number) =>
    Object.fromEntries(slugs.map((slug) => [slug, { created: '2026-11-01', endpoints: [endpoint('prov-a', price)] }]))
  const models = {
    ...listed(judges, 0.1),
    'acme/m1': { endpoints: [endpoint('prov-b', 1)] },
    'acme/m2': { endpoints: [endpoint('prov-b', 1)] },
  }

  test('are never chosen, however new, cheap or free they are, but answer when asked by name', async () => {
    const guarded = await startGateway({
      models: { ...models, ...listed(['acme/vanguard-gift', ...judges.map((slug) => `free-${slug}`)], 0) },
      routing: { auto: { translation: judges } },
    })
    for (const model of ['openrouter/auto', 'openrouter/free']) {
      for (const content of ['hi', 'Translate this into French: I am here.', 'Is this text harmful or safe?']) {
        for (const provider of [{}, { only: ['prov-a'] }]) {
          const body = await accepted(guarded, {
            model,
            messages: [{ role: 'user', content }],
            provider,
            session_id: 's',
          })
          expect(String(body['model'])).toMatch(/^acme\//)
        }
      }
    }
    const pinned = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'safe', model: judges[0] },
      { role: 'user', content: 'b' },
    ]
    expect(
      String(
        (
          await accepted(guarded, {
            model: 'openrouter/auto',
            messages: pinned,
            plugins: [{ id: 'auto-router', pin_model: true }],
          })
        )['model'],
      ),
    ).toMatch(/^acme\//)
    for (const slug of judges) expect(await accepted(guarded, { model: slug })).toMatchObject({ model: slug })
    await guarded.close()
  })

  test('are not chosen either where there is nothing else', async () => {
    const guarded = await startGateway({ models })
    const provider = { only: ['prov-a'] }
    await refusal(guarded.chat({ model: 'openrouter/auto', provider }), 404)
    await guarded.close()
  })
})

test('an unknown slug in the configuration causes a warning', () => {
  expect(String(warning)).toContain(
    'routing.auto.code:debugging[0] names acme/codr, a model that is not known here. Did you mean "acme/coder"?',
  )
})
