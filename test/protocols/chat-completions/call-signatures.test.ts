import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at } from '../../acceptance/exchange.ts'
import { type ScriptedVendors, startScriptedVendors } from './scripted-vendor.ts'

/** Gemini at an address with Google's OpenAI-compatible API. */
let vendors: ScriptedVendors
beforeAll(async () => {
  vendors = await startScriptedVendors({
    'prov-a': { model: 'google/gemini-3.1-pro-preview' },
    'prov-b': { model: 'some-model' },
    openrouter: { model: 'google/gemini-3.1-pro-preview' },
  })
})
afterAll(() => vendors.close())

const call = (id: string, more: object = {}) => ({
  index: id === 'c1' ? 0 : 1,
  id,
  type: 'function',
  function: { name: 'f', arguments: '{}' },
  ...more,
})
const signed = (vendor: string) => ({ extra_content: { [vendor]: { thought_signature: 'c2ln' } } })
const detail = { type: 'reasoning.encrypted', data: 'c2ln', id: 'c1', format: 'google-gemini-v1' }

const turns = (earlier: object) => [
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2')], ...earlier },
  { role: 'tool', tool_call_id: 'c1', content: 'rain' },
  { role: 'tool', tool_call_id: 'c2', content: 'sun' },
]
const callsSent = async (slug: string, earlier: object) =>
  at(await vendors.sent(slug, { messages: turns(earlier) }), 'messages', 1)

describe('the signatures of calls in Google’s OpenAI-like form', () => {
  test.each(['google', 'vertex'])('become encrypted reasoning details with the call’s id (%s)', async (vendor) => {
    const whole = { content: null, tool_calls: [call('c1', signed(vendor)), call('c2')] }
    vendors.replyWith([whole], 'tool_calls')
    for (const stream of [true, false]) {
      const received = await vendors.received('prov-a', stream)
      expect(received.reasoningDetails).toMatchObject([detail])
      expect(received.toolCalls).toMatchObject([{ id: 'c1' }, { id: 'c2' }])
    }
    vendors.replyWith([{ tool_calls: [call('c1')] }, { tool_calls: [{ index: 0, ...signed(vendor) }] }], 'tool_calls')
    expect((await vendors.received('prov-a', true)).reasoningDetails).toMatchObject([detail])
    vendors.replyWith([{ content: 'Yes.' }])
  })

  test('go back to the calls that they came with, and to these alone', async () => {
    const sent = await callsSent('prov-a', { reasoning_details: [detail] })
    expect(sent).toMatchObject({ tool_calls: [{ id: 'c1', ...signed('google') }, { id: 'c2' }] })
    expect(at(sent, 'tool_calls', 1)).not.toHaveProperty('extra_content')
    expect(sent).not.toHaveProperty('reasoning_details')
  })

  test('stay where a client kept them itself', async () => {
    const kept = [call('c1', signed('vertex')), call('c2')]
    expect(await callsSent('prov-a', { tool_calls: kept })).toMatchObject({ tool_calls: kept })
  })

  test('have the placeholder that Google documents where another model made the call', async () => {
    for (const earlier of [{}, { reasoning_details: [{ ...detail, format: 'openai-responses-v1' }] }]) {
      const sent = await callsSent('prov-a', earlier)
      expect(at(sent, 'tool_calls', 0, 'extra_content', 'google', 'thought_signature')).toBe(
        'skip_thought_signature_validator',
      )
      expect(at(sent, 'tool_calls', 1)).not.toHaveProperty('extra_content')
    }
  })

  test('are for Gemini alone, and not for hosts that accept reasoning details', async () => {
    expect(at(await callsSent('prov-b', {}), 'tool_calls', 0)).not.toHaveProperty('extra_content')
    const sent = await callsSent('openrouter', { reasoning_details: [detail] })
    expect(sent).toMatchObject({ reasoning_details: [detail] })
    expect(at(sent, 'tool_calls', 0)).not.toHaveProperty('extra_content')
  })
})
