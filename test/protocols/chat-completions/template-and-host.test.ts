import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at } from '../../acceptance/exchange.ts'
import { type ScriptedVendors, startScriptedVendors } from './scripted-vendor.ts'

/** Cases where a model's template and its host both have a rule. */
let vendors: ScriptedVendors
beforeAll(async () => {
  vendors = await startScriptedVendors({
    moonshotai: { model: 'kimi-k2.6' },
    alibaba: { model: 'kimi-k2-thinking' },
    cloudflare: { model: '@cf/moonshotai/kimi-k2.6' },
    azure: { model: 'kimi-k2.6' },
    openrouter: { model: 'moonshotai/kimi-k2.6' },
    together: { model: 'moonshotai/Kimi-K2.6' },
    vllm: { model: 'kimi-k2.6' },
    cerebras: { model: 'gpt-5.4' },
    mistral: { model: 'gpt-5.4' },
  })
})
afterAll(() => vendors.close())

const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
const earlier = (more: object) => [
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: null, tool_calls: [call], ...more },
  { role: 'tool', tool_call_id: 'c1', content: 'rain' },
]

describe('the template decides whether reasoning is sent back, the host in which field', () => {
  test.each([
    ['moonshotai', { reasoning_content: 'hm' }],
    ['vllm', { reasoning: 'hm' }],
    // The host's file states that it takes none, but not that it refuses unknown fields.
    ['cloudflare', { reasoning_content: 'hm' }],
  ])('%s: %j', async (slug, expected) => {
    const sent = at(await vendors.sent(slug, { messages: earlier({ reasoning: 'hm' }), tools }), 'messages', 1)
    expect(sent).toEqual({ role: 'assistant', content: null, tool_calls: [call], ...expected })
  })

  test('a host that refuses unknown fields receives none', async () => {
    for (const more of [{ reasoning: 'hm' }, {}]) {
      const sent = at(await vendors.sent('azure', { messages: earlier(more), tools }), 'messages', 1)
      expect(sent).toEqual({ role: 'assistant', content: null, tool_calls: [call] })
    }
  })

  test('a host that accepts reasoning details receives no placeholder', async () => {
    const sent = at(await vendors.sent('openrouter', { messages: earlier({}), tools }), 'messages', 1)
    expect(sent).toEqual({ role: 'assistant', content: null, tool_calls: [call] })
  })
})

describe('a forced call at a model that refuses one while it thinks', () => {
  const named = { type: 'function', function: { name: 'f' } }

  test.each(['required', named])('switches thinking off where the host has a switch: %j', async (choice) => {
    for (const reasoning of [undefined, { effort: 'high' }, { max_tokens: 500 }]) {
      const body = { messages: earlier({}), tools, tool_choice: choice, reasoning }
      const sent = await vendors.sent('moonshotai', body)
      expect(sent).toMatchObject({ tool_choice: choice, thinking: { type: 'disabled' } })
      expect(at(sent, 'messages', 1)).not.toHaveProperty('reasoning_content')
    }
  })

  test('leaves the choice to a model that always thinks', async () => {
    const sent = await vendors.sent('alibaba', { messages: earlier({}), tools, tool_choice: 'required' })
    expect(sent).toMatchObject({ tool_choice: 'auto', tools: [{}] })
    expect(sent['enable_thinking']).not.toBe(false)
  })

  test('goes on as it is to other hosts, and without a demand thinking stays', async () => {
    const asked = { messages: earlier({}), tools, tool_choice: 'required', reasoning: { effort: 'high' } }
    expect(await vendors.sent('together', asked)).toMatchObject({ tool_choice: 'required', reasoning_effort: 'high' })
    const free = { ...asked, tool_choice: 'auto' }
    expect(await vendors.sent('moonshotai', free)).toMatchObject({ tool_choice: 'auto', thinking: { type: 'enabled' } })
  })
})

test('a host that accepts one name of the token limit receives that one, others the one that the model accepts', async () => {
  const limit = async (slug: string) => {
    const { max_tokens, max_completion_tokens } = await vendors.sent(slug, {
      messages: earlier({}),
      tools,
      max_tokens: 9,
    })
    return { max_tokens, max_completion_tokens }
  }
  expect(await limit('cerebras')).toEqual({ max_completion_tokens: 9 })
  expect(await limit('mistral')).toEqual({ max_completion_tokens: 9 })
  expect(await limit('together')).toEqual({ max_tokens: 9 })
})
