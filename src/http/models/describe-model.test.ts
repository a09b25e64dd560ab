import { expect, it } from 'vitest'
import { buildCatalog } from '../../catalog/build-catalog.ts'
import type { CatalogEntry } from '../../catalog/catalog-entry.ts'
import { describeEndpoint, describeModel, modelText } from './describe-model.ts'
import type { Model } from '../../catalog/model.ts'

const entry: CatalogEntry = {
  slug: 'acme/m1',
  name: 'Acme M1',
  created: '2026-01-01',
  contextLength: 8192,
  inputModalities: ['text', 'image'],
  reasoning: { efforts: ['low', 'high'] },
  knowledgeCutoff: '2025-06',
  endpoints: [
    { provider: 'dear', model: 'm1', pricing: { prompt: 3, completion: 15 }, supportedParameters: ['seed', 'stop'] },
    {
      provider: 'cheap',
      model: 'm-1',
      tag: 'cheap/fp8',
      quantization: 'fp8',
      contextLength: 4096,
      maxCompletionTokens: 1024,
      supportedParameters: ['stop', 'tools'],
      pricing: {
        prompt: 0.0375,
        completion: 0.1,
        webSearch: 0.01,
        inputCacheRead: 0.00375,
        overrides: [{ minPromptTokens: 2048, utcStart: 1630, utcEnd: 30, pricing: { prompt: 0.075 } }],
      },
    },
    { provider: 'cheap', model: 'm-1', tier: 'flex', pricing: { prompt: 0.01, completion: 0.01 } },
  ],
}

const offered = (slug: string) => ({
  slug,
  name: slug.toUpperCase(),
  dataPolicy: { training: false, retention: 'none' as const },
  operations: ['chat'] as const,
})

function modelOf(changed: CatalogEntry = entry): Model {
  const providers = [offered('dear'), offered('cheap')]
  const model = buildCatalog({ entries: [changed], overrides: [], providers }).models.get(changed.slug)
  if (model === undefined) throw new Error('not in the catalogue')
  return model
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))

it('describes a model by its cheapest endpoint outside the tiers, with prices a token as exact decimals', () => {
  expect(plain(describeModel(modelOf()))).toMatchObject({
    id: 'acme/m1',
    canonical_slug: 'acme/m1',
    name: 'Acme M1',
    created: 1767225600,
    context_length: 8192,
    architecture: {
      modality: 'text+image->text',
      input_modalities: ['text', 'image'],
      output_modalities: ['text'],
      instruct_type: null,
    },
    pricing: {
      prompt: '0.0000000375',
      completion: '0.0000001',
      web_search: '0.01',
      input_cache_read: '0.00000000375',
      overrides: [{ min_prompt_tokens: 2048, utc_start: 1630, utc_end: 30, prompt: '0.000000075' }],
    },
    top_provider: { is_moderated: false, context_length: 4096, max_completion_tokens: 1024 },
    per_request_limits: null,
    default_parameters: null,
    supported_voices: null,
    knowledge_cutoff: '2025-06',
    reasoning: { mandatory: false, supported_efforts: ['low', 'high'], supports_max_tokens: false },
    links: { details: '/api/v1/models/acme/m1/endpoints' },
  })
})

it('has every field that contract §8.A1 requires of a model', () => {
  const required =
    'id canonical_slug name created context_length architecture pricing top_provider per_request_limits supported_parameters default_parameters supported_voices links'
  expect(
    Object.keys(Object(plain(describeModel(modelOf({ slug: 'a/b', endpoints: entry.endpoints.slice(0, 1) }))))),
  ).toEqual(expect.arrayContaining(required.split(' ')))
})

it('lists what any endpoint supports, and everything where one does not say', () => {
  const described = (endpoints: CatalogEntry['endpoints']) => plain(describeModel(modelOf({ ...entry, endpoints })))
  expect(described(entry.endpoints.slice(0, 2))).toMatchObject({ supported_parameters: ['seed', 'stop', 'tools'] })
  expect(described(entry.endpoints)).toMatchObject({
    supported_parameters: expect.arrayContaining(['top_a', 'verbosity']),
  })
})

it('describes an endpoint with every field that contract §8.A2 requires, but for the live figures', () => {
  const model = modelOf()
  const [, cheap] = model.endpoints
  if (cheap === undefined) throw new Error('no second endpoint')
  expect(plain(describeEndpoint(cheap, model))).toEqual({
    name: 'CHEAP | acme/m1',
    model_id: 'acme/m1',
    model_name: 'Acme M1',
    context_length: 4096,
    pricing: expect.objectContaining({ prompt: '0.0000000375' }),
    provider_name: 'CHEAP',
    tag: 'cheap/fp8',
    quantization: 'fp8',
    max_completion_tokens: 1024,
    max_prompt_tokens: null,
    supported_parameters: ['stop', 'tools'],
    native_tools: {},
    service_tier: null,
    supports_diarization: false,
    supports_implicit_caching: true,
    supports_tool_choice: { auto: false, function: false, none: false, required: false },
    status: 0,
  })
})

it('gives tier endpoints a row of their own', () => {
  const model = modelOf()
  expect(model.endpoints.map((endpoint) => plain(describeEndpoint(endpoint, model)))).toMatchObject([
    { tag: 'dear', supports_implicit_caching: false },
    { tag: 'cheap/fp8' },
    { tag: 'cheap/flex', pricing: { prompt: '0.00000001', completion: '0.00000001' } },
  ])
})

it('is written once for each model of a catalogue', () => {
  let reads = 0
  const model: Model = new Proxy(modelOf(), {
    get(target, key) {
      if (key === 'name') reads += 1
      return Reflect.get(target, key)
    },
  })
  expect(JSON.parse(modelText(model))).toEqual(plain(describeModel(modelOf())))
  expect(modelText(model)).toBe(modelText(model))
  expect(reads).toBe(1)
  // A reload of the catalogue makes a new model, of which nothing is kept.
  expect(JSON.parse(modelText(modelOf({ ...entry, name: 'Acme M2' })))).toMatchObject({ name: 'Acme M2' })
})
