import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { accepted, at, refused, sent } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 7: ranges', () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'value']))

  test.each<[string, unknown]>([
    ['temperature', 2.1],
    ['temperature', -0.1],
    ['temperature', '1'],
    ['top_p', 1.2],
    ['top_p', -0.1],
    ['top_k', -1],
    ['top_k', 1.5],
    ['min_p', 1.1],
    ['min_p', -0.1],
    ['top_a', 1.1],
    ['top_a', -0.1],
    ['frequency_penalty', 3],
    ['frequency_penalty', -2.1],
    ['presence_penalty', -2.5],
    ['presence_penalty', 2.1],
    ['repetition_penalty', 2.1],
    ['repetition_penalty', -0.1],
    ['max_tokens', 0],
    ['max_tokens', 1.5],
    ['max_completion_tokens', 0],
    ['max_completion_tokens', '5'],
    ['top_logprobs', 21],
    ['top_logprobs', -1],
    ['logprobs', 5],
    ['seed', 1.5],
    ['logit_bias', { 50256: 'low' }],
    ['logit_bias', { 50256: 101 }],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
    ['stop', [1]],
    ['stop', 7],
    ['metadata', pairs(17)],
    ['metadata', { ['k'.repeat(65)]: 'value' }],
    ['metadata', { key: 'v'.repeat(513) }],
    ['metadata', { key: 7 }],
    ['session_id', 's'.repeat(257)],
    ['user', 7],
    ['stream', 'yes'],
    ['stream_options', 'yes'],
    ['model', 7],
    ['models', 'acme/m1'],
    ['models', [7]],
    ['service_tier', 'gold'],
    ['speed', 'slow'],
    ['verbosity', 'loud'],
    ['modalities', ['smell']],
    ['route', 'x'],
    ['transforms', ['middle-in']],
    ['trace', 'abc'],
    ['trace', { trace_id: 7 }],
    ['debug', true],
    ['image_config', 'big'],
    ['prediction', { type: 'guess', content: 'x' }],
    ['parallel_tool_calls', 'yes'],
    ['cache_control', { type: 'eternal' }],
    ['cache_control', { type: 'ephemeral', ttl: '2h' }],
    ['prompt_cache_options', { mode: 'implicit' }],
    ['reasoning', { effort: 'extreme' }],
    ['reasoning', { summary: 'long' }],
    ['reasoning_effort', 'extreme'],
    ['max_tool_calls', 0],
    ['plugins', [{ id: 'nonsense' }]],
    ['plugins', [{ enabled: true }]],
  ])('%s %o is refused', async (name, value) => {
    const error = await refused(gateway, { logprobs: name === 'top_logprobs' ? true : undefined, [name]: value })
    expect(error['message']).toContain(name)
    expect(error['error_type']).toBe('invalid_request')
    expect(at(error, 'metadata', 'issues', 0, 'path')).toContain(name)
  })

  test.each<[string, unknown]>([
    ['temperature', 2],
    ['temperature', 0],
    ['top_p', 1],
    ['top_p', 0],
    ['top_k', 0],
    ['min_p', 0],
    ['min_p', 1],
    ['top_a', 0],
    ['top_a', 1],
    ['frequency_penalty', 2],
    ['frequency_penalty', -2],
    ['presence_penalty', 2],
    ['presence_penalty', -2],
    ['repetition_penalty', 0],
    ['repetition_penalty', 2],
    ['top_logprobs', 20],
    ['top_logprobs', 0],
    ['stop', ['a', 'b', 'c', 'd']],
    ['logit_bias', { 50256: -100, 1: 100 }],
    ['max_tokens', 1],
    ['max_completion_tokens', 1],
    ['seed', -1],
  ])('%s %o goes through as it is', async (name, value) => {
    await accepted(gateway, { logprobs: name === 'top_logprobs' ? true : undefined, [name]: value })
    expect(sent(gateway)[name]).toEqual(value)
  })

  test.each<[string, unknown]>([
    ['metadata', pairs(16)],
    ['metadata', { ['k'.repeat(64)]: 'v'.repeat(512) }],
    ['metadata', { '': '' }],
    ['session_id', 's'.repeat(256)],
  ])('%s at its limit is accepted', async (name, value) => {
    await accepted(gateway, { [name]: value })
  })

  test('top_logprobs needs logprobs', async () => {
    await refused(gateway, { top_logprobs: 2 })
    await refused(gateway, { top_logprobs: 2, logprobs: false })
  })
})

test('contract row 8: nulls mean absent, and nothing replaces them', async () => {
  const nulls = ['temperature', 'top_p', 'seed', 'stop', 'logit_bias', 'max_tokens', 'stream_options']
  await accepted(gateway, {
    ...Object.fromEntries(nulls.map((name) => [name, null])),
    reasoning: { effort: null, summary: null },
  })
  expect(Object.keys(sent(gateway)).sort()).toEqual(['messages', 'model'])
})

describe('contract row 22: reasoning_effort beside reasoning.effort', () => {
  test('different', async () => {
    const error = await refused(gateway, { reasoning_effort: 'low', reasoning: { effort: 'high' } })
    expect(error['message']).toContain('reasoning')
  })

  test('equal', async () => {
    await accepted(gateway, { reasoning_effort: 'low', reasoning: { effort: 'low' } })
    expect(sent(gateway)).toMatchObject({ reasoning_effort: 'low' })
  })

  test('effort and max_tokens together', async () => {
    await refused(gateway, { reasoning: { effort: 'low', max_tokens: 1024 } })
  })
})

describe('contract row 24: stop_server_tools_when', () => {
  test.each([
    [[]],
    [[{ type: 'moon_is_full' }]],
    [[{ type: 'step_count_is' }]],
    [[{ type: 'has_tool_call' }]],
    [[{ type: 'has_tool_call', tool_name: '' }]],
    [[{ type: 'max_tokens_used' }]],
    [[{ type: 'max_cost' }]],
    [[{ type: 'finish_reason_is' }]],
    [[{ type: 'finish_reason_is', reason: '' }]],
    ['now'],
  ])('%o is refused', async (conditions) => {
    const error = await refused(gateway, { stop_server_tools_when: conditions })
    expect(error['message']).toContain('stop_server_tools_when')
  })

  test('every condition is accepted, and stays here', async () => {
    await accepted(gateway, {
      stop_server_tools_when: [
        { type: 'step_count_is', step_count: 5 },
        { type: 'has_tool_call', tool_name: 'f' },
        { type: 'max_tokens_used', max_tokens: 100 },
        { type: 'max_cost', max_cost_in_dollars: 0.5 },
        { type: 'finish_reason_is', reason: 'stop' },
      ],
    })
    expect(sent(gateway)).not.toHaveProperty('stop_server_tools_when')
  })
})
