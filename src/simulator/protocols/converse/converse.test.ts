import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, post } from '../../test-client.ts'
import { startSimulator, type Simulator } from '../../simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const say = (model: string, body: object) => post(`${simulator.url}/model/${model}/converse`, body)
const user = { role: 'user', content: [{ text: 'hi' }] }
const spec = { toolSpec: { name: 'now', inputSchema: { json: { type: 'object' } } } }
const toolUse = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'now', input: {} } })
const toolResult = (toolUseId: string) => ({ toolResult: { toolUseId, content: [{ text: '12:00' }] } })
const assistant = (...content: readonly object[]) => ({ role: 'assistant', content })
const source = { bytes: 'AAAA' }
const point = { cachePoint: { type: 'default' } }
const document = (name: string) => ({ document: { format: 'pdf', name, source } })

test('answers in the form of Bedrock, whatever the path begins with', async () => {
  const { status, text } = await post(`${simulator.url}/prov-a/v1/model/tokens-2/converse`, { messages: [user] })
  expect(status).toBe(200)
  expect(JSON.parse(text)).toMatchObject({
    output: { message: { role: 'assistant', content: [{ text: 'The river' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  })
})

test('names a failure in a header', async () => {
  const { status, headers, text } = await say('status-429', { messages: [user] })
  expect(status).toBe(429)
  expect(headers['x-amzn-errortype']).toMatch(/^ThrottlingException:/)
  expect(JSON.parse(text)).toEqual({ message: expect.stringMatching(/^Too many requests/) })
})

describe('refuses what Bedrock refuses', () => {
  const thinking = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } })
  test.each([
    ['no messages', { messages: [] }, 'start with a user message'],
    ['an answer first', { messages: [assistant({ text: 'a' }), user] }, 'start with a user message'],
    ['two of one role', { messages: [user, user] }, 'alternate'],
    ['nothing said', { messages: [{ role: 'user', content: [] }] }, 'is empty'],
    ['white space', { messages: [{ role: 'user', content: [{ text: ' ' }] }] }, 'is blank'],
    ['white space at the end', { messages: [user, assistant({ text: 'a ' })] }, 'trailing whitespace'],
    ['an image of its own', { messages: [user, assistant({ image: { format: 'png', source } }), user] }, 'not allowed'],
    ['a document without words', { messages: [{ role: 'user', content: [document('a')] }] }, 'text block'],
    ['a dotted name', { messages: [{ role: 'user', content: [...user.content, document('a.b')] }] }, 'file name'],
    [
      'a name twice',
      { messages: [{ role: 'user', content: [...user.content, document('a'), document('a')] }] },
      'duplicate document names',
    ],
    [
      'bytes that are an address',
      { messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: 'https://x' } } }] }] },
      'base64',
    ],
    [
      'calls without tools',
      { messages: [user, assistant(toolUse('a')), { role: 'user', content: [toolResult('a')] }] },
      'toolConfig field must be defined',
    ],
    [
      'calls without results',
      { messages: [user, assistant(toolUse('a')), user], toolConfig: { tools: [spec] } },
      'Expected toolResult',
    ],
    [
      'results of nothing',
      {
        messages: [user, assistant({ text: 'a' }), { role: 'user', content: [toolResult('a')] }],
        toolConfig: { tools: [spec] },
      },
      'exceeds the number',
    ],
    [
      'results that come late',
      {
        messages: [user, assistant(toolUse('a')), { role: 'user', content: [...user.content, toolResult('a')] }],
        toolConfig: { tools: [spec] },
      },
      'before other content',
    ],
    ['no tools', { messages: [user], toolConfig: { tools: [] } }, 'at least one tool'],
    [
      'a tool’s name',
      { messages: [user], toolConfig: { tools: [{ toolSpec: { ...spec.toolSpec, name: 'a.b' } }] } },
      'constraint',
    ],
    [
      'a choice of nothing',
      { messages: [user], toolConfig: { tools: [spec], toolChoice: { none: {} } } },
      'toolChoice',
    ],
    [
      'a thought that is not signed',
      { messages: [user, assistant({ reasoningContent: { reasoningText: { text: 'a' } } }), user] },
      'signature',
    ],
    [
      'five cache points',
      {
        messages: [{ role: 'user', content: [...user.content, point, point, point, point, point] }],
      },
      'maximum of 4',
    ],
    ['heat', { messages: [user], inferenceConfig: { temperature: 1.5 } }, 'between 0 and 1'],
    [
      'a small budget',
      { messages: [user], inferenceConfig: { maxTokens: 5000 }, additionalModelRequestFields: thinking(1000) },
      '1024',
    ],
    [
      'a budget beyond the limit',
      { messages: [user], inferenceConfig: { maxTokens: 2000 }, additionalModelRequestFields: thinking(2000) },
      'greater than',
    ],
    ['a word that it does not know', { messages: [user], tools: [] }, 'Unexpected field'],
  ])('%s', async (_, body, message) => {
    const { status, headers, text } = await say('steady', body)
    expect(status).toBe(400)
    expect(headers['x-amzn-errortype']).toMatch(/^ValidationException:/)
    expect(at(JSON.parse(text), 'message')).toContain(message)
  })
})
