import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, at } from '../../acceptance/exchange.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

const interleaved = 'interleaved-thinking-2025-05-14'
const structured = 'structured-outputs-2025-11-13'

let gateway: TestGateway
let upstream: Simulator
beforeAll(async () => {
  upstream = await startSimulator()
  const own = (slug: string, protocol: string) => ({ base_url: `${upstream.url}/${slug}`, protocol, api_key: 'k' })
  const served = (provider: string, model: string) => ({
    input_modalities: ['text', 'file'],
    endpoints: [{ provider, model }],
  })
  gateway = await startGateway({
    providers: {
      'prov-a': own('prov-a', 'messages'),
      'prov-b': own('prov-b', 'converse'),
      'prov-c': own('prov-c', 'chat-completions'),
      'google-vertex': {
        base_url: `${upstream.url}/v1/projects/p/locations/global`,
        api_key: 'k',
        variables: { GOOGLE_VERTEX_PROJECT: 'p' },
      },
    },
    models: {
      'test/anthropic': served('prov-a', 'claude-sonnet-4-5+steady'),
      'test/opus-5': served('prov-a', 'claude-opus-5+steady'),
      'test/vertex': served('google-vertex', 'claude-sonnet-4-5+steady'),
      'test/vertex-opus-5': served('google-vertex', 'claude-opus-5+steady'),
      'test/bedrock': served('prov-b', 'anthropic.claude-sonnet-4-5+steady'),
      'test/bedrock-3': served('prov-b', 'anthropic.claude-3-5-haiku+steady'),
      'test/nova': served('prov-b', 'amazon.nova-pro+steady'),
      'test/chat': served('prov-c', 'steady'),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.clearJournal())

async function ask(model: string, betas: string | undefined, body: object = {}) {
  const response = await gateway.chat(
    { model: `test/${model}`, ...body },
    betas === undefined ? undefined : { 'x-anthropic-beta': betas },
  )
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  const call = upstream.journal().at(-1)
  return { header: call?.headers['anthropic-beta'], body: asObject(call?.body), headers: call?.headers ?? {} }
}

describe('x-anthropic-beta reaches Anthropic', () => {
  test.each([
    [interleaved, interleaved],
    [`${interleaved},${structured}`, `${interleaved},${structured}`],
    [` ${structured} , ${interleaved}, ${structured}`, `${structured},${interleaved}`],
    [interleaved.toUpperCase(), interleaved],
    [`context-1m-2025-08-07,${interleaved}`, interleaved],
    ['computer-use-2025-01-24', undefined],
    ['', undefined],
    [',,', undefined],
    [undefined, undefined],
  ])('%s as %s', async (said, passed) => {
    expect((await ask('anthropic', said)).header).toBe(passed)
  })

  test('beside what the gateway asks for itself', async () => {
    const messages = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_011' } }] }]
    expect((await ask('anthropic', interleaved, { messages })).header).toBe(`${interleaved},files-api-2025-04-14`)
  })

  test('at Vertex as far as Vertex takes it', async () => {
    expect((await ask('vertex', `${interleaved},${structured}`)).header).toBe(interleaved)
    expect((await ask('vertex-opus-5', interleaved)).header).toBeUndefined()
  })

  test('at Bedrock in the body, for Claude of that generation alone', async () => {
    const { body } = await ask('bedrock', `${interleaved},${structured}`)
    expect(at(body, 'additionalModelRequestFields')).toEqual({ anthropic_beta: [interleaved] })
    for (const model of ['bedrock-3', 'nova']) {
      expect((await ask(model, interleaved)).body).not.toHaveProperty('additionalModelRequestFields')
    }
  })

  test('and nobody else', async () => {
    const { headers, body } = await ask('chat', interleaved)
    expect(JSON.stringify([headers, body])).not.toContain('interleaved')
  })
})

describe('`strict` of a tool reaches Anthropic where the client opts in (contract §1.4)', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string', minLength: 1 } }, required: ['a'] }
  const tools = (strict: unknown, schema: object = parameters) => ({
    tools: [{ type: 'function', function: { name: 'f', parameters: schema, strict } }],
  })
  const sentTool = async (betas: string | undefined, strict: unknown, schema?: object) =>
    at((await ask('anthropic', betas, tools(strict, schema))).body, 'tools', 0)

  test('with a schema that Anthropic can hold to', async () => {
    expect(await sentTool(structured, true)).toMatchObject({
      strict: true,
      input_schema: {
        additionalProperties: false,
        properties: { a: { type: 'string', description: expect.stringContaining('minLength') } },
      },
    })
  })

  test.each([
    [undefined, true],
    [interleaved, true],
    [structured, false],
    [structured, null],
  ])('not with %s and strict %s', async (betas, strict) => {
    const tool = await sentTool(betas, strict)
    expect(tool).not.toHaveProperty('strict')
    expect(tool).toMatchObject({ input_schema: parameters })
  })

  test('not for a schema that it cannot hold to', async () => {
    const open = { type: 'object', properties: { a: { not: { type: 'string' } } } }
    expect(await sentTool(structured, true, open)).not.toHaveProperty('strict')
  })
})
