import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { contentOfReply } from '../../choice-content.ts'
import { type ClaudeGateway, startClaudeGateway } from './claude-gateway.ts'

let gateway: ClaudeGateway
beforeAll(async () => {
  gateway = await startClaudeGateway({
    'acme/thinker': { model: 'claude-sonnet-4-5+reasoning+tool-call', max_completion_tokens: 64000 },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.claude.clearJournal())

const user = { role: 'user', content: 'What is the weather?' }
const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]
const asked = { model: 'acme/thinker', reasoning: { effort: 'high' }, tools }

const turn = (body: object) => gateway.chat({ ...asked, ...body })

/** The simulator signs reasoning by its text, and refuses changed reasoning. */
async function goOn(message: object, id: string, details: unknown) {
  const messages = [
    user,
    { ...message, reasoning_details: details },
    { role: 'tool', tool_call_id: id, content: 'sunny' },
  ]
  const response = await turn({ messages })
  return { status: response.status, body: Object(await response.json()) }
}

async function firstTurn() {
  const { message } = Object(await (await turn({ messages: [user] })).json()).choices[0]
  return { message, id: message.tool_calls[0].id, details: message.reasoning_details }
}

describe('reasoning that comes back', () => {
  test('as they were, before the call they led to', async () => {
    const { message, id, details } = await firstTurn()
    const { status, body } = await goOn(message, id, details)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(contentOfReply(body.choices[0])).toMatchObject({ finish: 'stop' })
    expect(Object(gateway.received()['messages'])[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: details[0].text, signature: details[0].signature },
        { type: 'tool_use', id, name: 'weather', input: { city: 'The river' } },
      ],
    })
    expect(gateway.received()).toHaveProperty('thinking')
  })

  test('as the pieces of a stream that were not joined', async () => {
    const { chunks } = await readStream(await turn({ messages: [user], stream: true }))
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => Object(delta)))
    const details = deltas.flatMap((delta) => delta.reasoning_details ?? [])
    expect(details.length).toBeGreaterThan(3)
    const { message, id } = await firstTurn()
    expect(await goOn(message, id, details)).toMatchObject({ status: 200 })
    expect(Object(gateway.received()['messages'])[1].content).toHaveLength(2)
  })

  test('changed: the upstream’s refusal reaches the client', async () => {
    const { message, id, details } = await firstTurn()
    const { status, body } = await goOn(message, id, [{ ...details[0], text: 'Something else.' }])
    expect(status).toBe(400)
    expect(body.error.message).toContain('Invalid `signature` in `thinking` block')
    expect(body.error.metadata).toMatchObject({ provider_code: 'invalid_request_error', provider_name: 'Claude House' })
  })

  test('sealed ones keep their place; others’ and unsigned ones are dropped', async () => {
    const { message, id, details } = await firstTurn()
    const mixed = [
      { type: 'reasoning.encrypted', data: 'c2VhbGVk', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'Z3B0', format: 'openai-responses-v1', index: 1 },
      { type: 'reasoning.text', text: 'unsigned', format: 'anthropic-claude-v1', index: 2 },
      { type: 'reasoning.text', text: 'foreign', signature: 'x', format: 'google-gemini-v1', index: 3 },
      { ...details[0], index: 4 },
    ]
    expect(await goOn(message, id, mixed)).toMatchObject({ status: 200 })
    expect(Object(gateway.received()['messages'])[1].content).toEqual([
      { type: 'redacted_thinking', data: 'c2VhbGVk' },
      { type: 'thinking', thinking: details[0].text, signature: details[0].signature },
      expect.objectContaining({ type: 'tool_use' }),
    ])
  })
})
