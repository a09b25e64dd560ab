import { afterEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const datetime = { type: 'openrouter:datetime' }
const searchModels = { type: 'openrouter:experimental__search_models', parameters: { max_results: 2 } }
interface Message {
  readonly role: string
  readonly content: string | null
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[]
  readonly reasoning_details?: readonly Readonly<Record<string, unknown>>[]
}
interface Reply {
  readonly id: string
  readonly choices: readonly [{ readonly finish_reason: string; readonly message: Message }]
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly cost: number
    readonly server_tool_use_details?: Readonly<Record<string, number>>
  }
  readonly openrouter_metadata?: { readonly pipeline?: readonly Readonly<Record<string, unknown>>[] }
}
const replyOf = async (response: Response): Promise<Reply> => JSON.parse(await response.text())

/** The bodies of the requests that reached the upstream. */
const sent = () => gateway.simulator.journal().map(({ body }) => body as Readonly<Record<string, unknown>>)

test('the gateway runs a tool, asks the model again, and answers in text', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('tool-call') } })
  const reply = await replyOf(await gateway.chat({ tools: [searchModels] }, { 'x-openrouter-metadata': 'enabled' }))
  const [{ finish_reason: finish, message }] = reply.choices
  expect(finish).toBe('stop')
  expect(message.tool_calls).toBeUndefined()
  expect(message.content).toMatch(/^The river/)
  expect(message.reasoning_details).toEqual([
    expect.objectContaining({
      type: 'reasoning.server_tool_call',
      tool_name: 'openrouter:experimental__search_models',
      result: expect.stringContaining('"models"'),
    }),
  ])
  expect(reply.usage.server_tool_use_details).toEqual({
    tool_calls_requested: 1,
    tool_calls_executed: 1,
    web_search_requests: 0,
  })
  expect(reply.openrouter_metadata?.pipeline).toEqual([
    expect.objectContaining({ type: 'server_tools', name: 'server-tools' }),
  ])
  const [first, second] = sent()
  expect(first?.['tools']).toMatchObject([{ type: 'function', function: { name: 'search_models' } }])
  expect(second?.['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ function: { name: 'search_models' } }] },
    { role: 'tool', content: expect.stringContaining('"models"') },
  ])
})

test('the usage and the cost of all turns are added up', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('tool-call+usage-1000-10') } })
  const { usage } = await replyOf(await gateway.chat({ tools: [datetime] }))
  expect(usage).toMatchObject({ prompt_tokens: 2000, completion_tokens: 20, cost: 0.00204 })
})

test('a stream has one start, one finish, no call of a server tool, and the run as a detail', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('tool-call') } })
  const { chunks, done, text } = await readStream(await gateway.chat({ tools: [datetime], stream: true }))
  expect(done).toBe(true)
  expect(text).toMatch(/^The river/)
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta ?? {}))
  expect(deltas.filter(({ role }) => role !== undefined)).toHaveLength(1)
  expect(deltas.filter(({ tool_calls: calls }) => calls !== undefined)).toEqual([])
  expect(chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason: finish }) => finish ?? []))).toEqual([
    'stop',
  ])
  expect(deltas.flatMap(({ reasoning_details: details }) => details ?? [])).toMatchObject([
    { type: 'reasoning.server_tool_call', tool_name: 'openrouter:datetime' },
  ])
})

describe('a model that calls tools for ever', () => {
  const endless = { models: { 'acme/m1': behaving('endless-tool-calls') } }
  const executed = async (body: Readonly<Record<string, unknown>>): Promise<number | undefined> => {
    gateway = await startGateway({ ...endless, limits: { calls_per_request: 2 } })
    const reply = await replyOf(await gateway.chat({ tools: [datetime], ...body }))
    expect(reply.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringMatching(/^The river/) },
    })
    expect(sent().at(-1)).toMatchObject({ tool_choice: 'none', tools: [{ function: { name: 'datetime' } }] })
    return reply.usage.server_tool_use_details?.['tool_calls_executed']
  }
  test('ends after max_tool_calls', async () => expect(await executed({ max_tool_calls: 3 })).toBe(3))
  test('ends after 30 calls by default', async () => expect(await executed({})).toBe(30))
  test('ends after 30 calls whatever the stop conditions', async () =>
    expect(await executed({ stop_server_tools_when: [{ type: 'max_cost', max_cost_in_dollars: 1000 }] })).toBe(30))
  test.each([
    ['step_count_is', { type: 'step_count_is', step_count: 2 }, 2],
    ['has_tool_call, by the type', { type: 'has_tool_call', tool_name: 'openrouter:datetime' }, 1],
    ['has_tool_call, by the name of the function', { type: 'has_tool_call', tool_name: 'datetime' }, 1],
    ['finish_reason_is', { type: 'finish_reason_is', reason: 'tool_calls' }, 1],
  ])('ends at %s', async (_, condition, expected) =>
    expect(await executed({ stop_server_tools_when: [condition], max_tool_calls: 5 })).toBe(expected),
  )
  test('ends at max_tokens_used and at max_cost, which count all turns', async () => {
    gateway = await startGateway({ models: { 'acme/m1': behaving('endless-tool-calls+usage-90-10') } })
    const executedUntil = async (condition: object) =>
      (await replyOf(await gateway.chat({ tools: [datetime], stop_server_tools_when: [condition] }))).usage
        .server_tool_use_details?.['tool_calls_executed']
    expect(await executedUntil({ type: 'max_tokens_used', max_tokens: 250 })).toBe(3)
    // A turn costs 90 × 1 + 10 × 2 = 110 micro-USD.
    expect(await executedUntil({ type: 'max_cost', max_cost_in_dollars: 0.0002 })).toBe(2)
  })
  test('has_tool_call of another tool does not end it', async () =>
    expect(
      await executed({
        stop_server_tools_when: [
          { type: 'has_tool_call', tool_name: 'other' },
          { type: 'step_count_is', step_count: 4 },
        ],
      }),
    ).toBe(4))
})

test('a forced call is forced once', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('tool-call') } })
  await gateway.chat({ tools: [searchModels, datetime], tool_choice: { type: 'openrouter:datetime' } })
  expect(sent().map(({ tool_choice: choice }) => choice)).toEqual([
    { type: 'function', function: { name: 'datetime' } },
    'auto',
  ])
})

test('a function of the client keeps its name beside a server tool of the same name', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('all-tools') } })
  const own = { type: 'function', function: { name: 'datetime' } }
  const reply = await replyOf(await gateway.chat({ tools: [datetime, own] }))
  expect(sent()[0]?.['tools']).toMatchObject([
    { function: { name: 'openrouter_datetime' } },
    { function: { name: 'datetime' } },
  ])
  expect(reply.choices[0].message.tool_calls).toMatchObject([{ function: { name: 'datetime' } }])
})

test('later turns begin at the endpoint that answered the first', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('first-2-status-500', 'tool-call') } })
  await gateway.chat({ tools: [datetime] })
  // Without that, the second turn would go to prov-a, which is tried first.
  expect(gateway.simulator.journal().map(({ path }) => path.split('/')[1])).toEqual([
    'prov-a',
    'prov-a',
    'prov-b',
    'prov-b',
  ])
})

test('a key whose limit is spent inside the loop is refused at the next turn', async () => {
  const key = 'sk-or-v1-key-with-a-small-limit'
  gateway = await startGateway({
    keys: [{ name: 'small', key, limit: 0.00025 }],
    models: { 'acme/m1': behaving('endless-tool-calls+usage-90-10') },
  })
  const response = await gateway.chat({ tools: [datetime], max_tokens: 10 }, { authorization: `Bearer ${key}` })
  const { error, choices } = JSON.parse(await response.text())
  expect(error?.message ?? choices[0].error.message).toContain('limit')
  // A turn costs 110 micro-USD.
  expect(gateway.simulator.journal().length).toBeLessThan(4)
})
