import { execFile } from 'node:child_process'
import { mediaModels } from '../../scripts/catalog/media-models.ts'
import { vectorModels } from '../../scripts/catalog/vector-models.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CatalogEntry } from '../../src/catalog/catalog-entry.ts'

/** The generator of the catalogue, with small invented sources in the formats of models.dev and genai-prices. */
const sources = fileURLToPath(new URL('../fixtures/catalog-sources', import.meta.url))
const script = fileURLToPath(new URL('../../scripts/generate-catalog.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'waygate-catalog-'))
const file = join(directory, 'models.json')
const generate = (...more: readonly string[]) =>
  promisify(execFile)(process.execPath, [script, '--from', sources, '--to', file, ...more])

let printed: string
let entries: readonly CatalogEntry[]
beforeAll(async () => {
  ;({ stdout: printed } = await generate())
  entries = JSON.parse(readFileSync(file, 'utf8'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const entry = (slug: string): CatalogEntry => {
  const found = entries.find((one) => one.slug === slug)
  if (found === undefined) throw new Error(`The catalogue has no ${slug}.`)
  return found
}
const endpoint = (slug: string, provider: string) => entry(slug).endpoints.find((one) => one.provider === provider)

test('models are in the order of their slugs; retired and resold models and those without a known price are left out', () => {
  expect(entries.map(({ slug }) => slug)).toEqual(entries.map(({ slug }) => slug).toSorted())
  const byHand = new Set([...mediaModels, ...vectorModels].map(({ slug }) => slug))
  expect(byHand.size).toBe(mediaModels.length + vectorModels.length)
  expect(entries.map(({ slug }) => slug).filter((slug) => !byHand.has(slug))).toEqual([
    'anthropic/claude-opus-9',
    'moonshotai/kimi-k2-0905',
    'openai/gpt-9',
    'openai/text-embedding-9',
    'perplexity/sonar',
    'qwen/qwen9-30b-instruct',
    'z-ai/glm-4.7-flash',
  ])
  expect(printed).toContain(`${7 + byHand.size} models, 11 endpoints, `)
})

test('the spellings of one model come together, its maker first', () => {
  expect(
    entry('qwen/qwen9-30b-instruct').endpoints.map(({ provider, model, tag, quantization }) => ({
      provider,
      model,
      tag,
      quantization,
    })),
  ).toEqual([
    { provider: 'alibaba', model: 'qwen9-30b-instruct', tag: undefined, quantization: undefined },
    { provider: 'deepinfra', model: 'Qwen/Qwen9-30B-Instruct-FP8', tag: undefined, quantization: 'fp8' },
    { provider: 'together', model: 'Qwen/Qwen9-30B-Instruct-Turbo', tag: 'together/turbo', quantization: undefined },
  ])
  expect(entry('anthropic/claude-opus-9').endpoints.map(({ provider }) => provider)).toEqual([
    'anthropic',
    'amazon-bedrock',
  ])
})

test('the maker’s own description outranks the hosts’', () => {
  expect(entry('qwen/qwen9-30b-instruct')).toMatchObject({ name: 'Qwen9 30B Instruct', created: '2030-07-01' })
  expect(entry('openai/gpt-9')).toMatchObject({ name: 'GPT-9', contextLength: 300_000, knowledgeCutoff: '2030-04' })
})

test('an endpoint lists its differences from its model', () => {
  expect(endpoint('openai/gpt-9', 'azure')?.contextLength).toBe(200_000)
  expect(endpoint('openai/gpt-9', 'openai')?.contextLength).toBeUndefined()
  expect(endpoint('qwen/qwen9-30b-instruct', 'deepinfra')?.unsupportedParameters).toContain('tools')
  expect(endpoint('qwen/qwen9-30b-instruct', 'together')?.unsupportedParameters).not.toContain('tools')
})

test('modalities have OpenRouter’s names and order', () => {
  expect(entry('anthropic/claude-opus-9').inputModalities).toEqual(['text', 'image', 'file'])
  expect(entry('perplexity/sonar').inputModalities).toBeUndefined()
})

test('a larger prompt has its price, and a cache of an hour costs twice the prompt at Anthropic', () => {
  expect(endpoint('anthropic/claude-opus-9', 'anthropic')?.pricing).toEqual({
    prompt: 4,
    completion: 20,
    inputCacheRead: 0.4,
    inputCacheWrite: 5,
    inputCacheWrite1h: 8,
    overrides: [
      {
        minPromptTokens: 200_000,
        pricing: { prompt: 8, completion: 30, inputCacheRead: 0.8, inputCacheWrite: 10, inputCacheWrite1h: 16 },
      },
    ],
  })
})

test('a mode that is chosen by service_tier is an endpoint of that tier; other modes are none', () => {
  const tiers = entry('openai/gpt-9').endpoints.filter(({ provider }) => provider === 'openai')
  expect(tiers.map(({ tier, pricing }) => ({ tier, prompt: pricing.prompt }))).toEqual([
    { tier: undefined, prompt: 1 },
    { tier: 'priority', prompt: 2 },
  ])
})

test('reasoning is described by efforts, by a budget, or not at all', () => {
  expect(entry('openai/gpt-9').reasoning).toEqual({ efforts: ['none', 'low', 'high'] })
  expect(entry('anthropic/claude-opus-9').reasoning).toEqual({ maxTokens: true })
  expect(entry('perplexity/sonar').reasoning).toBe(false)
})

test('a model of embeddings is told by its output: what it serves follows from that', () => {
  expect(entry('openai/text-embedding-9').outputModalities).toEqual(['embeddings'])
  expect(endpoint('openai/text-embedding-9', 'openai')).not.toHaveProperty('operations')
})

test('families and fees that the sources do not have are added', () => {
  expect(entry('openai/gpt-9').family).toBe('gpt')
  expect(entry('anthropic/claude-opus-9').family).toBe('claude-opus')
  expect(endpoint('perplexity/sonar', 'perplexity')?.pricing.request).toBe(0.005)
})

test('a difference of more than one percent between the sources is printed, and the listed source is taken with its day', () => {
  expect(printed).toContain('openai:gpt-9: models.dev 1/4, genai-prices 1.2/4; taken: models.dev')
  expect(printed).toContain(
    'moonshotai:kimi-k2-turbo-preview: models.dev 2.4/10, genai-prices 1.15/8; taken: genai-prices',
  )
  expect(printed).not.toContain('perplexity:sonar:')
  // The newest price that applies all day, not the discount for some hours.
  expect(endpoint('moonshotai/kimi-k2-0905', 'moonshotai')).toMatchObject({
    pricing: { prompt: 1.15, completion: 8, inputCacheRead: 0.15 },
    source: expect.stringMatching(/^genai-prices \d{4}-\d{2}-\d{2}$/),
  })
  expect(endpoint('openai/gpt-9', 'openai')?.source).toBe('models.dev 2031-01-02')
})

test('--check reports an outdated file by its exit code, and does not write it', async () => {
  await expect(generate('--check')).resolves.toMatchObject({ stderr: '' })
  const other = `${readFileSync(file, 'utf8')} `
  writeFileSync(file, other)
  await expect(generate('--check')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('is stale') })
  expect(readFileSync(file, 'utf8')).toBe(other)
})
