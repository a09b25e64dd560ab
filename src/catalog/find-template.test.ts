import { describe, expect, it, test } from 'vitest'
import { findTemplate } from './find-template.ts'
import { loadEntries } from './load-entries.ts'
import { modelName } from './model-name.ts'
import { templates } from './templates.ts'

describe('modelName', () => {
  it.each([
    ['moonshotai/Kimi-K2.5', 'kimi-k2.5'],
    ['accounts/fireworks/models/kimi-k2p5', 'kimi-k2.5'],
    ['us.anthropic.claude-opus-4-7-v1:0', 'claude-opus-4-7'],
    ['claude-opus-4-7@20251001', 'claude-opus-4-7'],
    ['us.deepseek.r1-v1:0', 'deepseek-r1'],
    ['deepseek-r1:7b', 'deepseek-r1'],
    ['ft:gpt-4o:acme::1', 'gpt-4o'],
    ['gpt-5.4-2026-03-05', 'gpt-5.4'],
    ['@cf/qwen/qwen3-30b-a3b-fp8', 'qwen3-30b-a3b'],
    ['unsloth/Qwen3.6-27B-GGUF', 'qwen3.6-27b'],
    ['/models/Qwen3.6-27B-Q4_K_M.gguf', 'qwen3.6-27b'],
    ['deepseek-ai/DeepSeek-V3.2-TEE', 'deepseek-v3.2'],
    ['zai-org-glm-4.6', 'glm-4.6'],
    ['mlx-community/Qwen3-32B-4bit', 'qwen3-32b'],
    ['nvidia/Kimi-K2.5-NVFP4', 'kimi-k2.5'],
    ['', ''],
  ])('returns the plain name of %s', (id, name) => expect(modelName(id)).toBe(name))
})

describe('findTemplate', () => {
  it('uses the first id that a row matches', () => {
    expect(findTemplate(['o3', 'kimi-k2.5'])).toMatchObject({ maxTokensField: 'max_completion_tokens' })
    expect(findTemplate(['my-deployment', 'kimi-k2.5'])).toMatchObject({ assistantReasoning: 'demanded' })
    expect(findTemplate(['my-deployment', 'house/seven'])).toEqual({})
  })

  it.each(['gpt-oss-120b', 'kimi-k2-0905', 'deepseek-v3-0324', 'qwen3-coder-plus', 'o'])('says nothing of %s', (id) =>
    expect(findTemplate([id])).toEqual({}),
  )
})

test('every row matches a model of the catalogue, a former or a coming one, and has a source', () => {
  const others = ['kimi-k3', 'llama-2-70b-chat', 'gemma-2-9b-it', 'deepseek-reasoner', 'gemini-3.8-flash-tts']
  const names = [...loadEntries().map(({ slug }) => modelName(slug)), ...others]
  for (const { models, except = models, source } of templates) {
    expect(names.some((name) => models.test(name))).toBe(true)
    expect(names.some((name) => models.test(name) && except.test(name))).toBe(true)
    expect(source).toMatch(/^https:\/\/[a-z0-9.-]+\/./)
  }
})

test('the hosts’ own ids have the same rules as the slug', () => {
  const odd = loadEntries().flatMap(({ slug, endpoints }) =>
    endpoints.filter(({ model }) => !isSame(slug, model)).map(({ provider, model }) => `${slug} ${provider}:${model}`),
  )
  // At these hosts the id lacks the word that distinguishes the variant.
  expect(odd).toEqual([
    'deepseek/deepseek-chat-v3.1 amazon-bedrock:deepseek.v3-v1:0',
    'qwen/qwen3-next-80b-a3b-instruct amazon-bedrock:qwen.qwen3-next-80b-a3b',
    'qwen/qwen3-next-80b-a3b-instruct venice:qwen3-next-80b',
    'qwen/qwen3-vl-235b-a22b-instruct amazon-bedrock:qwen.qwen3-vl-235b-a22b',
    'qwen/qwen3-vl-235b-a22b-instruct venice:qwen3-vl-235b-a22b',
    'x-ai/grok-4.20 xai:grok-4.20-0309-reasoning',
  ])
})

const isSame = (one: string, other: string): boolean =>
  JSON.stringify(findTemplate([one])) === JSON.stringify(findTemplate([other]))
