import { readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildCatalog } from './build-catalog.ts'
import type { CatalogEntry } from './catalog-entry.ts'
import { loadEntries } from './load-entries.ts'
import { resolveModel } from './resolve-model.ts'

const entries = loadEntries()
const bySlug = new Map(entries.map((entry) => [entry.slug, entry]))
const hosts = (entry: CatalogEntry) => new Set(entry.endpoints.map(({ provider }) => provider))
const hostsOf = (slug: string) => [...hosts(bySlug.get(slug) ?? { slug, endpoints: [] })]

/** All hosts, as if every provider were offered. */
const everyHost = new Set(entries.flatMap((entry) => [...hosts(entry)]))
const providers = [...everyHost].map((slug) => ({
  slug,
  name: slug,
  dataPolicy: { training: false, retention: 'none' as const },
  operations: ['chat'] as const,
  services: { embeddings: [{ language: 'openai' }], rerank: [{ language: 'jina' }] },
}))
const catalog = buildCatalog({ entries, overrides: [], providers })

it('builds, with every entry and endpoint in it', () => {
  expect([...catalog.models.keys()]).toEqual(entries.map(({ slug }) => slug))
  for (const { slug, endpoints } of entries) {
    expect(catalog.models.get(slug)?.endpoints).toHaveLength(endpoints.length)
  }
})

it('names only providers that have a file', () => {
  for (const host of everyHost) {
    expect(statSync(new URL(`../providers/${host}.ts`, import.meta.url)).isFile(), host).toBe(true)
  }
})

it('has at least 60 models that three providers serve', () => {
  expect(entries.filter((entry) => hosts(entry).size >= 3).length).toBeGreaterThanOrEqual(60)
})

it.each([
  ['openai/gpt-oss-120b', ['groq', 'cerebras', 'together', 'fireworks', 'deepinfra', 'cloudflare', 'ovhcloud']],
  ['meta-llama/llama-3.3-70b-instruct', ['groq', 'together', 'deepinfra', 'cloudflare', 'ovhcloud', 'venice']],
  ['qwen/qwen3-235b-a22b-2507', ['together', 'novita', 'nebius', 'wandb', 'scaleway']],
  ['deepseek/deepseek-v3.2', ['deepinfra', 'novita', 'siliconflow', 'chutes']],
  ['moonshotai/kimi-k2.6', ['moonshotai', 'together', 'fireworks', 'baseten', 'venice']],
  ['z-ai/glm-5.1', ['z-ai', 'fireworks', 'gmicloud', 'chutes', 'venice']],
  ['minimax/minimax-m2.5', ['minimax', 'venice', 'nebius']],
  ['anthropic/claude-sonnet-4.6', ['venice', 'gmicloud']],
])('brings the spellings of %s together', (slug, expected) => {
  expect(hostsOf(slug)).toEqual(expect.arrayContaining(expected))
})

/** The name without separators, author and the usual suffixes. */
const letters = ({ slug }: CatalogEntry) =>
  slug
    .replace(/^.*\//, '')
    .replace(/-(instruct|it|fp8|latest)$/, '')
    .replaceAll(/[^a-z0-9]/g, '')

it('has no model under two spellings or authors', () => {
  const groups = [...Map.groupBy(entries, letters).values()].map((group) => group.map(({ slug }) => slug))
  // OpenPipe's model is a fine-tune of the other.
  expect(groups.filter((group) => group.length > 1)).toEqual([['openpipe/qwen3-14b-instruct', 'qwen/qwen3-14b']])
})

it('spells slugs as OpenRouter does: lower-case, known author, no suffix of a host', () => {
  const foreign = /^(meta|mistral|alibaba|zhipuai|zai-org|deepseek-ai|xai|minimaxai|undefined)\//
  for (const { slug } of entries) {
    expect(slug).toMatch(/^[a-z0-9-]+\/[a-z0-9.-]+$/)
    expect(slug).not.toMatch(foreign)
    expect(slug).not.toMatch(/-(fp8|fp4|bf16|tee|tput|highspeed)$/)
  }
})

it('resolves aliases to one model each, and never hides a model', () => {
  const aliases = entries.flatMap((entry) => entry.aliases ?? [])
  expect(new Set(aliases).size).toBe(aliases.length)
  expect(aliases.filter((alias) => bySlug.has(alias))).toEqual([])
  expect(resolveModel(catalog, 'meta-llama/llama-3.3-70b-versatile')?.slug).toBe('meta-llama/llama-3.3-70b-instruct')
  expect(resolveModel(catalog, 'anthropic/claude-sonnet-4-5')?.slug).toBe('anthropic/claude-sonnet-4.5')
})

it('has a price for everything but free models', () => {
  const free = entries.flatMap(({ slug, endpoints }) =>
    endpoints
      .filter(({ pricing: { overrides: _, ...prices } }) => Object.values(prices).every((price) => !price))
      .map(({ provider }) => `${slug}@${provider}`),
  )
  expect(free).toEqual(['z-ai/glm-4.5-flash@z-ai', 'z-ai/glm-4.7-flash@z-ai'])
})

it('names the source and the day of each price and each description', () => {
  for (const { source, endpoints } of entries) {
    for (const each of [source, ...endpoints.map((endpoint) => endpoint.source)]) {
      expect(each).toMatch(/^(models\.dev|genai-prices|litellm|https:\/\/\S+) \d{4}-\d{2}-\d{2}$/)
    }
  }
})

it('offers at least 35 models for embeddings and rankings, and for nothing else', () => {
  const models = [...catalog.models.values()].filter(({ outputModalities: [output = ''] }) =>
    ['embeddings', 'rerank'].includes(output),
  )
  expect(models.length).toBeGreaterThanOrEqual(35)
  for (const { slug, outputModalities, endpoints } of models) {
    for (const { operations } of endpoints) expect(operations, slug).toEqual(outputModalities)
  }
})

it('dates every model', () => {
  const early = [...catalog.models.values()].filter(({ created }) => created < Date.UTC(2022, 0, 1) / 1000)
  expect(early.map(({ slug }) => slug)).toEqual([])
})

it('stays small enough to load at every start', () => {
  expect(readFileSync(new URL('./data/models.json', import.meta.url)).length).toBeLessThan(600_000)
})

it('has at least 25 models that make images, speak or transcribe, and none of them is free', () => {
  const media = entries.filter(({ outputModalities = [] }) =>
    ['image', 'speech', 'transcription'].some((output) => outputModalities.includes(output)),
  )
  expect(media.length).toBeGreaterThanOrEqual(25)
  for (const { slug, endpoints } of media) {
    for (const { pricing } of endpoints) {
      const { outputImage, imageOutput, character, audioOutput, audioSecond, audio } = pricing
      expect(outputImage ?? imageOutput ?? character ?? audioOutput ?? audioSecond ?? audio, slug).toBeGreaterThan(0)
    }
  }
})
