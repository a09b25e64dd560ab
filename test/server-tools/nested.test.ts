import { afterEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

/** `acme/outer` calls its tool once; `acme/inner` answers. They are at providers of their own. */
const models = (outer = 'tool-call+usage-100-10', inner = 'steady+usage-1000-20') => ({
  'acme/outer': behaving(outer),
  'acme/inner': { endpoints: [{ provider: 'prov-b', model: inner, pricing: { prompt: 1, completion: 2 } }] },
  'acme/other': { endpoints: [{ provider: 'prov-c', model: inner, pricing: { prompt: 1, completion: 2 } }] },
  'acme/painter': {
    output_modalities: ['text', 'image'],
    endpoints: [{ provider: 'prov-b', model: 'image', pricing: { prompt: 1, completion: 2 } }],
  },
  'acme/broken': { endpoints: [{ provider: 'prov-c', model: 'status-500', pricing: { prompt: 1, completion: 2 } }] },
})

interface Outcome {
  readonly status: string
  readonly [field: string]: unknown
}

async function outcomeOf(tool: object, more: object = {}) {
  const response = await gateway.chat({ model: 'acme/outer', tools: [tool], ...more })
  const reply = JSON.parse(await response.text())
  const details = reply.choices?.[0].message.reasoning_details ?? []
  const outcome: Outcome | undefined = details[0] === undefined ? undefined : JSON.parse(details[0].result)
  return { reply, outcome, status: response.status }
}

interface SentBody {
  readonly [field: string]: unknown
  readonly tools: readonly { readonly function: { readonly name: string } }[]
  readonly messages: readonly { readonly role: string; readonly content: string }[]
}

const bodies = (provider: string) =>
  gateway.simulator
    .journal()
    .filter(({ path }) => path.startsWith(`/${provider}/`))
    .map(({ body }) => body as SentBody)

describe('openrouter:advisor', () => {
  const advisor = (parameters: object = {}) => ({
    type: 'openrouter:advisor',
    parameters: { model: 'acme/inner', ...parameters },
  })

  test('asks the model with its instructions, and the answer reaches the outer model', async () => {
    gateway = await startGateway({ models: models() })
    const { outcome, reply } = await outcomeOf(
      advisor({ instructions: 'Be brief.', max_completion_tokens: 5, temperature: 0.5 }),
    )
    expect(outcome).toMatchObject({ status: 'ok', model: 'acme/inner', advice: expect.stringMatching(/^The river/) })
    const [asked] = bodies('prov-b')
    expect(asked).toMatchObject({ max_tokens: 5, temperature: 0.5 })
    expect(asked?.['messages']).toMatchObject([{ role: 'system', content: 'Be brief.' }, { role: 'user' }])
    expect(bodies('prov-a')[1]?.['messages'].at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringContaining('The river'),
    })
    expect(reply.choices[0].message.content).toMatch(/^The river/)
  })

  test('is part of the one record: usage, cost and calls of both models', async () => {
    gateway = await startGateway({ models: models() })
    const { reply } = await outcomeOf(advisor())
    // Two turns of 100 and 10 tokens, and a nested one of 1,000 and 20, at 1 and 2 USD per million.
    expect(reply.usage).toMatchObject({ prompt_tokens: 1200, completion_tokens: 40, cost: 0.00128 })
    const { data } = JSON.parse(await (await gateway.get(`/api/v1/generation?id=${reply.id}`)).text())
    expect(data.total_cost).toBe(0.00128)
    expect(data.provider_responses.map(({ model_permaslug: model }: { model_permaslug: string }) => model)).toEqual([
      'acme/outer',
      'acme/outer',
      'acme/inner',
    ])
  })

  test('sees the conversation only with forward_transcript', async () => {
    gateway = await startGateway({ models: models() })
    await outcomeOf(advisor())
    expect(bodies('prov-b')[0]?.['messages']).toHaveLength(1)
    await outcomeOf(advisor({ forward_transcript: true }))
    expect(bodies('prov-b')[1]?.['messages']).toMatchObject([{ role: 'user', content: 'hi' }, { role: 'user' }])
  })

  test('several advisors have names, and the same name twice is refused', async () => {
    gateway = await startGateway({ models: models('all-tools') })
    await outcomeOf(advisor({ name: 'Lead Judge' }), {
      tools: [advisor({ name: 'Lead Judge' }), advisor({ name: 'clerk' })],
    })
    expect(bodies('prov-a')[0]?.['tools'].map((tool) => tool.function.name)).toEqual([
      'advisor_Lead_Judge',
      'advisor_clerk',
    ])
    const { status, reply } = await outcomeOf({}, { tools: [advisor(), advisor()] })
    expect(status).toBe(400)
    expect(reply.error.message).toContain('tools[1] needs a name that no other advisor has')
  })

  test('without a model asks the one that the call names, else the outer one', async () => {
    gateway = await startGateway({ models: models() })
    const { outcome } = await outcomeOf({ type: 'openrouter:advisor' })
    // The simulator names a model that does not exist.
    expect(outcome).toMatchObject({ status: 'error', error: expect.stringContaining('is not a valid model ID') })
  })

  test('a model that fails is told to the outer model, which answers', async () => {
    gateway = await startGateway({ models: models() })
    const { outcome, reply, status } = await outcomeOf(advisor({ model: 'acme/broken' }))
    expect(status).toBe(200)
    expect(outcome).toMatchObject({ status: 'error' })
    expect(reply.choices[0].finish_reason).toBe('stop')
  })
})

describe('openrouter:subagent', () => {
  test('works on its task with server tools of its own, within its number of calls', async () => {
    gateway = await startGateway({ models: models('tool-call', 'endless-tool-calls') })
    const { outcome } = await outcomeOf({
      type: 'openrouter:subagent',
      parameters: { model: 'acme/inner', max_tool_calls: 2, tools: [{ type: 'openrouter:datetime' }] },
    })
    expect(outcome).toMatchObject({ status: 'ok', model: 'acme/inner', outcome: expect.stringMatching(/^The river/) })
    expect(outcome?.['task_name']).toEqual(expect.any(String))
    expect(bodies('prov-b')).toHaveLength(3)
  })

  test.each([
    [{ tools: [{ type: 'openrouter:subagent' }] }, 'cannot give a subagent tool to a subagent'],
    [{ inherit_functions: true }, 'cannot inherit functions'],
    [{ tools: [{ type: 'function' }] }, 'the type of a server tool'],
    [{ tools: [{ type: 'openrouter:unknown' }] }, 'openrouter:datetime'],
    [{ tools: [{ type: 'openrouter:web_search', parameters: { max_results: 99 } }] }, 'max_results'],
  ])('refuses %j', async (parameters, words) => {
    gateway = await startGateway({ models: models() })
    const { status, reply } = await outcomeOf({ type: 'openrouter:subagent', parameters })
    expect(status).toBe(400)
    expect(reply.error.message).toContain(words)
  })

  test('a budget holds for what it spends', async () => {
    gateway = await startGateway({ models: models('endless-tool-calls+usage-100-10') })
    const { reply } = await outcomeOf(
      { type: 'openrouter:subagent', parameters: { model: 'acme/inner' } },
      { stop_server_tools_when: [{ type: 'max_cost', max_cost_in_dollars: 0.001 }] },
    )
    expect(reply.usage.server_tool_use_details.tool_calls_executed).toBe(1)
  })
})

describe('openrouter:fusion', () => {
  const fusion = (parameters: object = {}) => ({
    type: 'openrouter:fusion',
    parameters: { analysis_models: ['acme/inner', 'acme/other'], model: 'acme/inner', ...parameters },
  })

  test('asks the panel, and compares the answers', async () => {
    gateway = await startGateway({ models: models() })
    const { outcome } = await outcomeOf(fusion())
    expect(outcome).toMatchObject({
      status: 'ok',
      analysis: expect.stringMatching(/^The river/),
      responses: [
        { model: 'acme/inner', content: expect.stringMatching(/^The river/) },
        { model: 'acme/other', content: expect.stringMatching(/^The river/) },
      ],
    })
    expect(bodies('prov-b')[0]).toMatchObject({ max_tokens: 16_000 })
    expect(bodies('prov-b')[1]?.['messages'].at(-1)?.content).toContain('<answer model="acme/other">')
  })

  test('names the models that failed, and fails where all did', async () => {
    gateway = await startGateway({ models: models() })
    const { outcome } = await outcomeOf(fusion({ analysis_models: ['acme/inner', 'acme/broken'] }))
    expect(outcome).toMatchObject({ status: 'ok', failed_models: [{ model: 'acme/broken' }] })
    expect((await outcomeOf(fusion({ analysis_models: ['acme/broken'] }))).outcome).toMatchObject({
      status: 'error',
      failure_reason: 'all_panels_failed',
    })
  })

  test('the model openrouter/fusion brings the tool, and the plugin its settings', async () => {
    gateway = await startGateway({ models: { ...models(), 'acme/m1': behaving('tool-call') } })
    const { reply, outcome } = await outcomeOf(
      {},
      {
        model: 'openrouter/fusion',
        tools: undefined,
        provider: { only: ['prov-a'] },
        plugins: [{ id: 'fusion', analysis_models: ['acme/outer'] }],
      },
    )
    expect(reply.model).toMatch(/^acme\/(m1|outer)$/)
    // The panel is asked whether or not the model would have asked it.
    expect(bodies('prov-a')[0]).toMatchObject({ tool_choice: { type: 'function', function: { name: 'fusion' } } })
    expect(outcome).toMatchObject({ status: 'ok', responses: [{ model: 'acme/outer' }] })
  })
})

describe('openrouter:image_generation', () => {
  test('shows the image to the client, and its address to the model', async () => {
    gateway = await startGateway({ models: models() })
    const { reply, outcome } = await outcomeOf({
      type: 'openrouter:image_generation',
      parameters: { model: 'acme/painter', aspect_ratio: '16:9' },
    })
    expect(outcome).toMatchObject({ status: 'ok', imageUrl: expect.stringMatching(/^(data:|https?:)/) })
    expect(reply.choices[0].message.images).toEqual([{ type: 'image_url', image_url: { url: expect.any(String) } }])
    expect(bodies('prov-b')[0]).toMatchObject({ modalities: ['image', 'text'], image_config: { aspect_ratio: '16:9' } })
  })

  test('a model that makes no images is refused, with those that do', async () => {
    gateway = await startGateway({ models: models() })
    const { status, reply } = await outcomeOf({
      type: 'openrouter:image_generation',
      parameters: { model: 'acme/inner' },
    })
    expect(status).toBe(400)
    expect(reply.error.message).toContain('acme/painter')
  })
})

test('tools of nested models do not nest without end', async () => {
  const own = { type: 'openrouter:advisor', parameters: { model: 'acme/outer' } }
  gateway = await startGateway({ models: models() })
  const agent = (tools: readonly object[]) => ({
    type: 'openrouter:fusion',
    parameters: { analysis_models: ['acme/outer'], tools },
  })
  const deep = agent([agent([own])])
  const { status } = await outcomeOf(agent([{ ...agent([deep]), type: 'openrouter:subagent' }]))
  expect(status).toBeLessThan(500)
  expect(bodies('prov-a').length).toBeLessThan(20)
})

test.each([
  ['x-openrouter-advisor-depth', { type: 'openrouter:advisor', parameters: { model: 'acme/inner' } }],
  ['x-openrouter-subagent-depth', { type: 'openrouter:subagent', parameters: { model: 'acme/inner' } }],
  ['x-openrouter-fusion-depth', { type: 'openrouter:fusion', parameters: { analysis_models: ['acme/inner'] } }],
])('a nested call of another gateway, with %s, does not have the tool', async (header, tool) => {
  gateway = await startGateway({ models: models() })
  const datetime = { type: 'openrouter:datetime' }
  await gateway.chat({ model: 'acme/outer', tools: [tool, datetime] }, { [header]: '1' })
  expect(bodies('prov-a')[0]?.['tools'].map((offered) => offered.function.name)).toEqual(['datetime'])
})
