import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject, at, scriptedUpstream } from '../../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

/** Three ways to the same model: two built-in hosts of it, and an operator's own server under a slug that does not name the model. */
interface Served {
  readonly hosts: readonly [string, string]
  readonly slug: string
  readonly upstreamModel: string
}
const families = {
  kimi: { hosts: ['moonshotai', 'together'], slug: 'moonshotai/kimi-k2.6', upstreamModel: 'moonshotai/Kimi-K2.6-FP8' },
  deepseek: { hosts: ['deepseek', 'novita'], slug: 'deepseek/deepseek-v4-pro', upstreamModel: 'deepseek-v4-pro' },
  mimo: { hosts: ['xiaomi', 'deepinfra'], slug: 'xiaomi/mimo-v2.5', upstreamModel: 'XiaomiMiMo/MiMo-V2.5' },
  r1: { hosts: ['deepinfra', 'novita'], slug: 'deepseek/deepseek-r1-0528', upstreamModel: 'deepseek-r1:7b' },
  qwen: { hosts: ['alibaba', 'venice'], slug: 'qwen/qwen3.6-27b', upstreamModel: 'unsloth/Qwen3.6-27B-Q4_K_M.gguf' },
  mistral: { hosts: ['mistral', 'venice'], slug: 'mistralai/mistral-small-2603', upstreamModel: 'mistral-small:24b' },
  gemma: { hosts: ['nebius', 'novita'], slug: 'google/gemma-3-27b-it', upstreamModel: 'gemma3:27b' },
  gpt5: { hosts: ['openai', 'azure'], slug: 'openai/gpt-5.4', upstreamModel: 'gpt-5.4-2026-03-05' },
  plain: { hosts: ['together', 'novita'], slug: 'meta-llama/llama-3.3-70b-instruct', upstreamModel: 'llama3.3:70b' },
} as const satisfies Readonly<Record<string, Served>>
type Family = keyof typeof families
const familyNames = Object.keys(families) as readonly Family[]

let gateway: TestGateway
let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
let message: object = { role: 'assistant', content: 'Yes.' }

beforeAll(async () => {
  upstream = await scriptedUpstream(() => ({
    body: {
      id: 'x',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] }],
      status: 'completed',
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    },
  }))
  const hosts = new Set(familyNames.flatMap((name) => families[name].hosts))
  gateway = await startGateway({
    providers: Object.fromEntries(
      [...hosts, 'own', 'prov-a', 'prov-b', 'prov-c'].map((slug) => [
        slug,
        { base_url: upstream.url, api_key: 'k', ...(slug === 'azure' && { variables: { AZURE_RESOURCE_NAME: 'r' } }) },
      ]),
    ),
    models: Object.fromEntries(
      familyNames.map((name) => [
        `house/${name}-x`,
        {
          endpoints: [{ provider: 'own', model: families[name].upstreamModel, pricing: { prompt: 1, completion: 2 } }],
        },
      ]),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

/** Returns the requests that each of the three ways sends for the same request. */
async function sentEverywhere(name: Family, body: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { hosts, slug } = families[name]
  const sent = []
  for (const ask of [
    { model: slug, provider: { only: [hosts[0]] } },
    { model: slug, provider: { only: [hosts[1]] } },
    { model: `house/${name}-x` },
  ]) {
    const response = await gateway.chat({ ...body, ...ask })
    expect([response.status, await response.text()]).toMatchObject([200, expect.any(String)])
    sent.push(asObject(upstream.lastRequest()))
  }
  return sent
}

const user = (content: unknown) => ({ role: 'user', content })
const call = { id: 'c00000001', type: 'function', function: { name: 'f', arguments: '{}' } }
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
const result = { role: 'tool', tool_call_id: 'c00000001', content: 'rain' }

describe('a rule of a template holds at two hosts and at an operator’s own server', () => {
  test.each(['kimi', 'deepseek', 'mimo'] as const)('%s: the reasoning of earlier turns goes back', async (name) => {
    const earlier = { role: 'assistant', content: null, tool_calls: [call] }
    for (const fields of [
      { reasoning: 'I ask.' },
      { reasoning_details: [{ type: 'reasoning.text', text: 'I ask.', format: 'unknown', index: 0 }] },
      { reasoning_content: 'I ask.' },
    ]) {
      for (const { messages } of await sentEverywhere(name, {
        messages: [user('hi'), { ...earlier, ...fields }, result],
        tools,
      })) {
        expect(messages).toMatchObject([{}, { reasoning_content: 'I ask.' }, {}])
        expect(Object.keys(Object(messages)[1])).not.toContain('reasoning')
      }
    }
  })

  test.each(['kimi', 'deepseek', 'mimo'] as const)('%s: calls that came without reasoning get some', async (name) => {
    const foreign = [
      { role: 'assistant', content: null, tool_calls: [call] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'openai-responses-v1', index: 0 }],
      },
    ]
    for (const earlier of foreign) {
      for (const { messages } of await sentEverywhere(name, { messages: [user('hi'), earlier, result], tools })) {
        expect(messages).toMatchObject([{}, { reasoning_content: expect.stringMatching(/^.+$/) }, {}])
      }
    }
    const words = [user('hi'), { role: 'assistant', content: 'ho' }, user('so?')]
    for (const { messages } of await sentEverywhere(name, { messages: words })) expect(messages).toEqual(words)
    for (const { messages } of await sentEverywhere(name, {
      messages: [user('hi'), foreign[0], result],
      tools,
      reasoning: { effort: 'none' },
    })) {
      expect(Object(messages)[1]).not.toHaveProperty('reasoning_content')
    }
  })

  test('DeepSeek R1 receives no reasoning of earlier turns', async () => {
    const messages = [user('hi'), { role: 'assistant', content: 'ho', reasoning: 'hm' }, user('so?')]
    for (const sent of await sentEverywhere('r1', { messages })) {
      expect(sent['messages']).toEqual([messages[0], { role: 'assistant', content: 'ho' }, messages[2]])
    }
  })

  test('Qwen since 3.5: one system message, the first', async () => {
    const messages = [
      user('hi'),
      { role: 'assistant', content: 'ho' },
      { role: 'system', content: 'Sum up.' },
      user('so?'),
    ]
    for (const sent of await sentEverywhere('qwen', { messages })) {
      expect(sent['messages']).toEqual([messages[2], messages[0], messages[1], messages[3]])
    }
    for (const sent of await sentEverywhere('plain', { messages })) expect(sent['messages']).toEqual(messages)
  })

  test('Gemma: user and assistant in turns', async () => {
    for (const sent of await sentEverywhere('gemma', { messages: [user('hi'), user('there')] })) {
      expect(sent['messages']).toEqual([user('hi\n\nthere')])
    }
  })

  test('Mistral: an answer to the tools, ids of nine, nothing that is empty', async () => {
    const foreign = { ...call, id: 'call_0123456789' }
    const messages = [
      user('hi'),
      { role: 'assistant', content: '' },
      { role: 'assistant', content: null, tool_calls: [foreign] },
      { ...result, tool_call_id: foreign.id },
      user('so?'),
    ]
    const id = expect.stringMatching(/^[a-zA-Z0-9]{9}$/)
    for (const sent of await sentEverywhere('mistral', { messages, tools })) {
      expect(sent['messages']).toMatchObject([
        user('hi'),
        { role: 'assistant', tool_calls: [{ id }] },
        { role: 'tool', tool_call_id: id },
        { role: 'assistant' },
        user('so?'),
      ])
    }
  })

  test('GPT-5: what it refuses is left out, and the token limit has the name that it accepts', async () => {
    const asked = { messages: [user('hi')], temperature: 0.2, top_p: 0.9, stop: ['x'], max_tokens: 100 }
    for (const sent of await sentEverywhere('gpt5', asked)) {
      for (const name of ['temperature', 'top_p', 'stop', 'max_tokens']) expect(sent).not.toHaveProperty(name)
      expect(sent['max_completion_tokens'] ?? sent['max_output_tokens']).toBe(100)
    }
    for (const sent of await sentEverywhere('plain', asked))
      expect(sent).toMatchObject({ temperature: 0.2, max_tokens: 100 })
  })

  test('a model that thinks is not forced to call for a structured answer', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema } }
    for (const sent of await sentEverywhere('deepseek', { messages: [user('hi')], response_format: format })) {
      expect(sent).not.toHaveProperty('tool_choice')
    }
  })

  test.each(['r1', 'kimi', 'qwen'] as const)('%s: reasoning in the text is separated', async (name) => {
    message = { role: 'assistant', content: '<think>Hm.</think>Yes.' }
    const { hosts, slug } = families[name]
    for (const ask of [{ model: slug, provider: { only: [hosts[1]] } }, { model: `house/${name}-x` }]) {
      const response = await gateway.chat({ ...ask, messages: [user('hi')] })
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Yes.', reasoning: 'Hm.' } }] })
    }
  })
})

describe('an operator’s own provider', () => {
  test('lists that a model reasons, and that this cannot be turned off', async () => {
    const refusal = async (ask: object) => {
      const response = await gateway.chat({ ...ask, messages: [user('hi')], reasoning: { effort: 'none' } })
      return { status: response.status, message: at(await response.json(), 'error', 'message') }
    }
    const known = await refusal({ model: 'deepseek/deepseek-r1-0528', provider: { only: ['novita'] } })
    const own = await refusal({ model: 'house/r1-x' })
    expect(own.status).toBe(400)
    expect(own).toEqual({
      ...known,
      message: String(known.message).replaceAll('deepseek/deepseek-r1-0528', 'house/r1-x'),
    })
  })

  test('receives the token limit under the name that the client wrote', async () => {
    const ask = async (limit: object) => {
      await (await gateway.chat({ model: 'house/plain-x', messages: [user('hi')], ...limit })).text()
      const { max_tokens, max_completion_tokens } = asObject(upstream.lastRequest())
      return { max_tokens, max_completion_tokens }
    }
    expect(await ask({ max_completion_tokens: 7 })).toEqual({ max_completion_tokens: 7 })
    expect(await ask({ max_tokens: 7 })).toEqual({ max_tokens: 7 })
  })
})
