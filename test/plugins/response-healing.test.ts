import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type Reply, type ScriptedProvider, startProvider } from './scripted-provider.ts'

let reply: Reply
let provider: ScriptedProvider
let gateway: TestGateway
beforeAll(async () => {
  provider = await startProvider(() => reply)
  gateway = await startGateway({
    providers: {
      'prov-a': { base_url: `${provider.url}/v1`, api_key: 'a' },
      'prov-b': { base_url: `${provider.url}/v1`, api_key: 'b' },
    },
    models: {
      'acme/m1': {
        endpoints: [
          { provider: 'prov-a', model: 'm1' },
          { provider: 'prov-b', model: 'm1' },
        ],
      },
      'acme/m2': { endpoints: [{ provider: 'prov-b', model: 'm2' }] },
    },
  })
})
beforeEach(() => provider.clear())
afterAll(async () => {
  await gateway.close()
  await provider.close()
})

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
}
const formats = {
  object: { type: 'json_object' },
  schema: { type: 'json_schema', json_schema: { name: 'person', schema } },
}

async function ask(body: Readonly<Record<string, unknown>>) {
  const response = await gateway.chat(
    { plugins: [{ id: 'response-healing' }], response_format: formats.object, ...body },
    { 'x-openrouter-metadata': 'enabled' },
  )
  const answer = Object(await response.json())
  return {
    content: answer.choices?.[0]?.message.content,
    native: answer.choices?.[0]?.native_finish_reason,
    pipeline: answer.openrouter_metadata?.pipeline ?? [],
  }
}

describe('contract §1.3: response-healing', () => {
  test('repairs JSON in a fence with a comma too many, and the pipeline says what was repaired', async () => {
    reply = { text: 'Here you are:\n```json\n{name: "Ada", "age": 36,}\n```' }
    const { content, pipeline, native } = await ask({})
    expect(content).toBe('{"name":"Ada","age":36}')
    expect(pipeline).toEqual([
      {
        type: 'response_healing',
        name: 'response-healing',
        data: {
          repairs: ['missing_quote', 'trailing_comma', 'code_fence', 'surrounding_text'],
          fits_response_format: true,
        },
      },
    ])
    expect(native).toBe('stop')
  })

  test('an answer that can be healed is not asked for again; without the plugin it is', async () => {
    reply = { text: '```json\n{"name": "Ada", "age": 36}\n```' }
    await ask({ response_format: formats.schema })
    expect(provider.received).toHaveLength(1)
    await ask({ response_format: formats.schema, plugins: [] })
    expect(provider.received).toHaveLength(3)
  })

  test('a repaired value that does not fit the schema is asked for once more, and the pipeline says that it does not fit', async () => {
    reply = { text: '{"name": "Ada", "age": "36",}' }
    const { content, pipeline, native } = await ask({ response_format: formats.schema })
    expect(provider.received).toHaveLength(2)
    expect(JSON.parse(content)).toEqual({ name: 'Ada', age: '36' })
    expect(native).toBe('schema_mismatch')
    expect(pipeline).toMatchObject([
      { type: 'response_healing', data: { repairs: ['trailing_comma'], fits_response_format: false } },
    ])
  })

  test('with a schema whose check is unknown, the pipeline says null', async () => {
    reply = { text: '{"name": "Ada",}' }
    const unknown = { type: 'object', patternProperties: { n: {} } }
    const { pipeline } = await ask({
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema: unknown } },
    })
    expect(pipeline).toContainEqual(
      expect.objectContaining({
        type: 'response_healing',
        data: { repairs: ['trailing_comma'], fits_response_format: null },
      }),
    )
  })

  test('sound JSON and sentences are left as they are, and there is no stage', async () => {
    for (const text of ['{ "a": 1 }', 'I cannot answer that.']) {
      reply = { text }
      const { content, pipeline } = await ask({ model: 'acme/m2' })
      expect(content).toBe(text)
      expect(pipeline).toEqual([])
    }
  })

  test('truncated output stays broken', async () => {
    reply = { text: '{"name": "Ada", "age": 3', finish: 'length' }
    const { content, pipeline } = await ask({})
    expect(content).toBe('{"name": "Ada", "age": 3')
    expect(pipeline).toEqual([])
  })

  test('does not run without a JSON format', async () => {
    reply = { text: '```json\n{"a": 1,}\n```' }
    expect((await ask({ response_format: undefined })).content).toBe(reply.text)
    expect((await ask({ response_format: { type: 'text' } })).content).toBe(reply.text)
  })

  test('`enabled: false` switches it off', async () => {
    reply = { text: '{"a": 1,}' }
    const { content } = await ask({ model: 'acme/m2', plugins: [{ id: 'response-healing', enabled: false }] })
    expect(content).toBe('{"a": 1,}')
  })

  test('contract §4.3: does not run on a stream', async () => {
    reply = { text: '{"a": 1,}' }
    const response = await gateway.chat({
      model: 'acme/m2',
      stream: true,
      response_format: formats.object,
      plugins: [{ id: 'response-healing' }],
    })
    expect((await readStream(response)).text).toBe('{"a": 1,}')
  })
})

test('the broken JSON of the simulator is repaired', async () => {
  const simulated = await startGateway({ models: { 'acme/m1': behaving('broken-json') } })
  const plugins = [{ id: 'response-healing' }]
  const response = await simulated.chat({ response_format: { type: 'json_object' }, plugins })
  const { choices } = JSON.parse(await response.text())
  expect(JSON.parse(choices[0].message.content)).toMatchObject({ answer: 'The river' })
  await simulated.close()
})
