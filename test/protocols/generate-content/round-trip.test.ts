import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { contentOfStream } from '../../choice-content.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

/** The simulator refuses a conversation in which a signature is missing, changed or at another part. */
let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('generate-content', {
    calls: { model: 'parallel-tool-calls+reasoning', reasoning: {} },
    text: { model: 'tokens-6+reasoning', reasoning: {} },
    drawn: { model: 'tokens-2+image', output_modalities: ['text', 'image'] },
  })
})
afterAll(() => gateway.close())

const user = { role: 'user', content: 'hi' }
const tools = ['weather', 'time'].map((name) => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
  },
}))
const reasoning = { effort: 'high' }

interface Assistant {
  readonly role: 'assistant'
  readonly tool_calls: readonly { readonly id: string }[]
  readonly [field: string]: unknown
}

async function reply(body: object): Promise<Assistant> {
  const response = await gateway.chat({ tools, reasoning, ...body })
  const answer = Object(await response.json())
  expect(answer.error).toBeUndefined()
  return answer.choices[0].message
}

const results = (message: Assistant) =>
  message.tool_calls.map(({ id }, index) => ({ role: 'tool', tool_call_id: id, content: `result ${index}` }))

test('two calls, their results in another order, an answer, and another question', async () => {
  const calls = await reply({ model: 'test/calls', messages: [user] })
  const asked = [user, calls, ...results(calls).toReversed()]
  const answer = await reply({ model: 'test/calls', messages: asked })
  expect(answer['content']).toMatch(/^The river/)
  await reply({ model: 'test/calls', messages: [...asked, answer, user] })
  const contents = gateway.sent().at(-1)?.['contents']
  expect(contents).toMatchObject([
    { role: 'user', parts: [{ text: 'hi' }] },
    {
      role: 'model',
      parts: [
        { text: expect.stringContaining('consider'), thought: true },
        { functionCall: { name: 'weather', args: { city: 'The river', days: 7 } }, thoughtSignature: /.{44}/ },
        { functionCall: { name: 'time' } },
      ].map((part) =>
        'thoughtSignature' in part ? { ...part, thoughtSignature: expect.stringMatching(/^.{44}$/) } : part,
      ),
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'weather', response: { output: 'result 0' } } },
        { functionResponse: { name: 'time', response: { output: 'result 1' } } },
      ],
    },
    {
      role: 'model',
      parts: [{ thought: true }, { text: answer['content'], thoughtSignature: expect.stringMatching(/^.{44}$/) }],
    },
    { role: 'user', parts: [{ text: 'hi' }] },
  ])
})

test('the same from a stream, where the signature of a text comes after it', async () => {
  const { chunks } = await readStream(
    await gateway.chat({ model: 'test/text', messages: [user], reasoning, stream: true }),
  )
  const received = contentOfStream(chunks)
  const turn = { role: 'assistant', content: received.content, reasoning_details: received.reasoningDetails }
  await reply({ model: 'test/text', messages: [user, turn, user] })
})

test('a signature that was tampered with is refused: the simulator does look', async () => {
  const calls = await reply({ model: 'test/calls', messages: [user] })
  const details = [
    { type: 'reasoning.encrypted', data: 'bm90IGl0', format: 'google-gemini-v1', id: calls.tool_calls[0]?.id },
  ]
  const messages = [user, { ...calls, reasoning_details: details }, ...results(calls)]
  const response = await gateway.chat({ model: 'test/calls', tools, messages })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('Thought signature is not valid')
})

test('a signature whose call has lost its id goes to the first call', async () => {
  const calls = await reply({ model: 'test/calls', messages: [user] })
  const details = Object(calls['reasoning_details']).map((detail: object) => ({ ...detail, id: null }))
  await reply({ model: 'test/calls', messages: [user, { ...calls, reasoning_details: details }, ...results(calls)] })
})

test('calls of another model have the signature that Google documents for them, and no foreign reasoning', async () => {
  const call = { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }
  const foreign = {
    role: 'assistant',
    content: null,
    tool_calls: [call],
    reasoning_details: [
      { type: 'reasoning.text', text: 'hm', signature: 'c2lnbmVk', format: 'anthropic-claude-v1' },
      { type: 'reasoning.encrypted', data: 'c2VhbGVk', format: 'openai-responses-v1', id: 'toolu_1' },
    ],
  }
  const result = { role: 'tool', tool_call_id: 'toolu_1', content: [{ type: 'text', text: 'rain' }] }
  await reply({ model: 'test/calls', messages: [user, foreign, result] })
  expect(gateway.sent().at(-1)?.['contents']).toMatchObject([
    {},
    {
      parts: [
        {
          functionCall: { name: 'weather', args: { city: 'Oslo' }, id: 'toolu_1' },
          thoughtSignature: 'skip_thought_signature_validator',
        },
      ],
    },
    { parts: [{ functionResponse: { name: 'weather', id: 'toolu_1', response: { output: 'rain' } } }] },
  ])
})

test('a generated image goes back with its own signature, and the text with its own', async () => {
  const message = await reply({ model: 'test/drawn', messages: [user] })
  const [image] = Object(message['images'])
  const content = [{ type: 'text', text: message['content'] }, image]
  const turn = { role: 'assistant', content, reasoning_details: message['reasoning_details'] }
  await reply({ model: 'test/drawn', messages: [user, turn, user] })
  expect(gateway.sent().at(-1)?.['contents']).toMatchObject([
    {},
    {
      parts: [
        { text: message['content'], thoughtSignature: expect.stringMatching(/^.{44}$/) },
        { inlineData: { mimeType: 'image/png' }, thoughtSignature: expect.stringMatching(/^.{44}$/) },
      ],
    },
    {},
  ])
})
