import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  const reasons = (model: string) => ({ model, reasoning: {} })
  gateway = await startProtocolGateway('converse', {
    'claude-sonnet-4.5': reasons('reasoning+tool-call'),
    'claude-opus-4.6': reasons('reasoning'),
    'claude-opus-4.7': reasons('reasoning'),
    'claude-3-haiku': reasons('steady'),
    'nova-2-lite': reasons('steady'),
    'nova-pro': reasons('steady'),
    'gpt-oss': reasons('openai.gpt-oss-120b-1:0'),
    'gpt-5.6': reasons('openai.gpt-5.6-luna'),
    'deepseek-r1': reasons('steady'),
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

async function sent(model: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  await gateway.ask(model, body)
  return gateway.sent()[0] ?? {}
}

describe('is requested', () => {
  const budget = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } })
  const adaptive = (effort: string, more: object = {}) => ({
    thinking: { type: 'adaptive', ...more },
    output_config: { effort },
  })
  const summarized = { display: 'summarized' }

  test.each([
    ['claude-sonnet-4.5', { effort: 'high' }, { maxTokens: 10_000 }, budget(8_000)],
    ['claude-sonnet-4.5', { effort: 'minimal' }, { maxTokens: 10_000 }, budget(1_024)],
    ['claude-sonnet-4.5', { max_tokens: 2_000 }, { maxTokens: 10_000 }, budget(2_000)],
    ['claude-sonnet-4.5', { effort: 'none' }, { maxTokens: 10_000 }, undefined],
    ['claude-opus-4.6', { effort: 'medium' }, { maxTokens: 10_000 }, adaptive('medium')],
    ['claude-opus-4.6', { max_tokens: 3_000 }, { maxTokens: 10_000 }, budget(3_000)],
    ['claude-opus-4.7', { effort: 'xhigh' }, { maxTokens: 10_000 }, adaptive('xhigh', summarized)],
    ['claude-opus-4.7', { effort: 'minimal' }, { maxTokens: 10_000 }, adaptive('low', summarized)],
    ['claude-opus-4.7', { enabled: false }, { maxTokens: 10_000 }, { thinking: { type: 'disabled' } }],
    ['claude-3-haiku', { effort: 'high' }, { maxTokens: 10_000 }, undefined],
    [
      'nova-2-lite',
      { effort: 'low' },
      { maxTokens: 10_000 },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
    ],
    [
      'nova-2-lite',
      { effort: 'xhigh' },
      { maxTokens: 10_000 },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    ],
    ['nova-pro', { effort: 'low' }, { maxTokens: 10_000 }, undefined],
    ['gpt-oss', { effort: 'max' }, { maxTokens: 10_000 }, { reasoning_effort: 'high' }],
    ['gpt-5.6', { effort: 'minimal' }, { maxTokens: 10_000 }, { reasoning: { effort: 'low' } }],
    ['deepseek-r1', { effort: 'medium' }, { maxTokens: 10_000 }, { reasoning_effort: 'medium' }],
  ])('of %s with %j', async (model, reasoning, inferenceConfig, fields) => {
    const body = await sent(model, { reasoning, max_tokens: 10_000 })
    expect(body['inferenceConfig']).toEqual(inferenceConfig)
    expect(body['additionalModelRequestFields']).toEqual(fields)
  })

  test('at the highest effort of Nova, which refuses any limit, only where there is none', async () => {
    const body = await sent('nova-2-lite', { reasoning: { effort: 'high' } })
    expect(body).not.toHaveProperty('inferenceConfig')
    expect(body['additionalModelRequestFields']).toEqual({
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
    })
  })

  test('with room to think: the limit is sent, and parameters that exclude thinking are not', async () => {
    const reasoning = { effort: 'medium' }
    const body = await sent('claude-sonnet-4.5', { reasoning, temperature: 0.5, top_k: 3 })
    expect(body).toMatchObject({
      inferenceConfig: { maxTokens: 32_000 },
      additionalModelRequestFields: budget(16_000),
    })
    expect(body['inferenceConfig']).not.toHaveProperty('temperature')
    expect(body['additionalModelRequestFields']).not.toHaveProperty('top_k')
  })

  test.each([
    ['there is no room', { max_tokens: 1_000 }],
    [
      'a tool must be called',
      { tools: [{ type: 'function', function: { name: 'weather' } }], tool_choice: 'required' },
    ],
    [
      'the answer has begun',
      {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: 'The' },
        ],
      },
    ],
  ])('not where %s', async (_, more) => {
    const { additionalModelRequestFields } = await sent('claude-sonnet-4.5', { reasoning: { effort: 'high' }, ...more })
    expect(additionalModelRequestFields).toBeUndefined()
  })
})

describe('comes back', () => {
  const user = { role: 'user', content: 'What is the weather?' }
  const tools = [{ type: 'function', function: { name: 'weather' } }]
  const asked = { model: 'test/claude-sonnet-4.5', reasoning: { effort: 'high' }, tools }

  /** The simulator signs reasoning by its text, and refuses changed reasoning. */
  async function goOn(message: object, id: string, reasoning_details: readonly object[]) {
    const answer = { role: 'tool', tool_call_id: id, content: 'sunny' }
    const response = await gateway.chat({ ...asked, messages: [user, { ...message, reasoning_details }, answer] })
    return { status: response.status, body: Object(await response.json()) }
  }

  async function firstTurn() {
    const { message } = Object(await (await gateway.chat({ ...asked, messages: [user] })).json()).choices[0]
    const [call] = message.tool_calls
    return { message, id: call.id, details: message.reasoning_details }
  }

  test('as it was, before the call that it led to', async () => {
    const { message, id, details } = await firstTurn()
    const { status, body } = await goOn(message, id, details)
    expect(status, JSON.stringify(body)).toBe(200)
    const [{ text, signature }] = details
    expect(gateway.sent().at(-1)).toMatchObject({
      messages: [
        {},
        {
          content: [
            { reasoningContent: { reasoningText: { text, signature } } },
            { toolUse: { toolUseId: id, name: 'weather' } },
          ],
        },
        {},
      ],
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
    })
  })

  test('from the pieces of a stream that were not joined', async () => {
    const { chunks } = await readStream(await gateway.chat({ ...asked, messages: [user], stream: true }))
    const pieces = chunks.flatMap(({ choices }) =>
      choices.flatMap(({ delta }) => Object(delta).reasoning_details ?? []),
    )
    expect(pieces.length).toBeGreaterThan(3)
    const { message, id } = await firstTurn()
    const { status } = await goOn(message, id, pieces)
    expect(status).toBe(200)
    const [, { content }] = Object(gateway.sent().at(-1)).messages
    expect(content).toHaveLength(2)
  })

  test('not when it was changed: the upstream refuses it', async () => {
    const { message, id, details } = await firstTurn()
    const { status, body } = await goOn(message, id, [{ ...details[0], text: 'Something else.' }])
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/signature/)
  })

  test.each([
    ['another vendor’s', { format: 'openai-responses-v1' }],
    ['unsigned', { signature: null }],
  ])('not when it is %s; then the model does not continue to think', async (_, changes) => {
    const { message, id, details } = await firstTurn()
    const { status } = await goOn(message, id, [{ ...details[0], ...changes }])
    expect(status).toBe(200)
    const body = Object(gateway.sent().at(-1))
    expect(body.messages[1].content).toHaveLength(1)
    expect(body).not.toHaveProperty('additionalModelRequestFields')
  })
})
