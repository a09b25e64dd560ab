import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { contentOfReply, contentOfStream } from '../../choice-content.ts'
import { type ClaudeGateway, startClaudeGateway } from './claude-gateway.ts'

let gateway: ClaudeGateway
beforeAll(async () => {
  gateway = await startClaudeGateway({
    'acme/native': { model: 'claude-sonnet-4-5' },
    'acme/forced': { model: 'claude-sonnet-4' },
    'acme/calls': { model: 'claude-sonnet-4+tool-call' },
    'acme/unforced': { model: 'claude-sonnet-5-5' },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.claude.clearJournal())

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2, description: 'Full name' },
    age: { type: 'integer', minimum: 0 },
    mail: { oneOf: [{ type: 'string', format: 'email' }, { type: 'null' }] },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
  },
  required: ['name', 'age'],
}
const format = (schema: object, name = 'person') => ({
  response_format: { type: 'json_schema', json_schema: { name, strict: true, schema } },
})

/** Sends the request in both forms, which must have the same content. */
async function answer(model: string, body: object) {
  const response = await gateway.chat({ model, ...body })
  const reply = Object(await response.json())
  expect(response.status, JSON.stringify(reply)).toBe(200)
  const received = gateway.received()
  const stream = await readStream(await gateway.chat({ model, stream: true, ...body }))
  const answerContent = contentOfReply(reply.choices[0])
  const streamed = contentOfStream(stream.chunks)
  const shape = (calls: typeof answerContent.toolCalls) => calls.map((call) => ({ ...call, id: '' }))
  expect({ ...streamed, toolCalls: shape(streamed.toolCalls) }).toEqual({
    ...answerContent,
    toolCalls: shape(answerContent.toolCalls),
  })
  return { answerContent, received }
}

const person = { name: expect.any(String), age: expect.any(Number) }

test('by the vendor’s own format; keywords that it does not support become text', async () => {
  const { answerContent, received } = await answer('acme/native', format(schema))
  expect(JSON.parse(answerContent.content)).toMatchObject(person)
  expect(answerContent).toMatchObject({ finish: 'stop', toolCalls: [] })
  expect(received).toMatchObject({
    output_config: {
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'Full name\n\n{minLength: 2}' },
            age: { type: 'integer', description: '{minimum: 0}' },
            mail: { anyOf: [{ type: 'string', format: 'email' }, { type: 'null' }] },
            tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
          },
          required: ['name', 'age'],
          additionalProperties: false,
        },
      },
    },
  } satisfies Partial<Anthropic.MessageCreateParams>)
  expect(received).not.toHaveProperty('tools')
})

test('by a forced tool on a model that has no such means: its call is the answer', async () => {
  const { answerContent, received } = await answer('acme/forced', { ...format(schema), reasoning: { effort: 'high' } })
  expect(JSON.parse(answerContent.content)).toMatchObject(person)
  expect(answerContent).toMatchObject({ finish: 'stop', native: 'tool_use', toolCalls: [] })
  expect(received).toMatchObject({
    tools: [{ name: 'person', input_schema: { type: 'object', required: ['name', 'age'] } }],
    tool_choice: { type: 'tool', name: 'person', disable_parallel_tool_use: true },
  })
  expect(received).not.toHaveProperty('thinking')
})

test('beside tools of the client’s, one of which has the same name', async () => {
  const tools = [{ type: 'function', function: { name: 'person', parameters: { type: 'object', properties: {} } } }]
  const { answerContent, received } = await answer('acme/calls', { ...format(schema), tools })
  expect(received).toMatchObject({ tools: [{ name: 'person' }, { name: 'person_' }], tool_choice: { type: 'any' } })
  // The simulator calls the first tool that it is offered.
  expect(answerContent).toMatchObject({
    finish: 'tool_calls',
    toolCalls: [{ name: 'person', arguments: '{}' }],
    content: '',
  })
})

test('by a tool where the vendor’s format cannot express it, and a refusal with a name where there is neither', async () => {
  const open = { type: 'object', additionalProperties: { type: 'number' } }
  const { received } = await answer('acme/native', format(open))
  expect(received).toMatchObject({ tool_choice: { type: 'tool', name: 'person' }, tools: [{ input_schema: open }] })
  const nested = { type: 'object', properties: { scores: { not: { type: 'null' } } } }
  const response = await gateway.chat({ model: 'acme/unforced', ...format(nested) })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { metadata: { issues: [{ path: 'response_format.json_schema.schema.properties.scores.not' }] } },
  })
})

test('a union at the top of a schema is refused where only a tool could express it', async () => {
  const response = await gateway.chat({ model: 'acme/forced', ...format({ anyOf: [schema] }) })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { metadata: { issues: [{ path: 'response_format.json_schema.schema.anyOf' }] } },
  })
})

test('without a schema the prompt asks for JSON', async () => {
  const { received } = await answer('acme/native', { response_format: { type: 'json_object' } })
  expect(received).toMatchObject({ system: [{ text: expect.stringContaining('JSON object') }] })
})
