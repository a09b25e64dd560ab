import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../protocols/languages/languages.ts'

/* Requests in the form in which Claude Code 2.1 and Codex 0.171 send them, with words of our own. `npm run agents` runs the agents. */

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({ steady: ['steady'], calls: ['tool-call'] })
})
afterAll(() => gateway.close())

const mark = { cache_control: { type: 'ephemeral' } }
const noParameters = { type: 'object', properties: {}, additionalProperties: false }

const claudeCode = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<reminder>Be brief.</reminder>' },
        { type: 'text', text: 'hi' },
      ],
    },
    {
      role: 'system',
      content: [{ type: 'text', text: 'The folder is empty.', ...mark }],
      output_config: { effort: 'medium' },
    },
  ],
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: version=1' },
    { type: 'text', text: 'You help with code.', ...mark },
    { type: 'text', text: 'You work with tools.', ...mark },
  ],
  tools: [
    {
      name: 'Bash',
      description: 'Runs a command.',
      input_schema: { ...noParameters, properties: { command: { type: 'string' } } },
    },
    {
      name: 'Read',
      description: 'Reads a file.',
      input_schema: { ...noParameters, properties: { file_path: { type: 'string' } } },
    },
  ],
  metadata: { user_id: '{"device_id":"d1","session_id":"s1"}' },
  max_tokens: 32_000,
  thinking: { type: 'adaptive', display: 'omitted' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'medium' },
  stream: true,
}
const claudeHeaders = {
  'anthropic-version': '2023-06-01',
  'anthropic-beta': 'claude-code-20250219,context-management-2025-06-27,effort-2025-11-24',
}

const codex = {
  stream: true,
  input: [
    { type: 'message', id: 'msg_1', role: 'developer', content: [{ type: 'input_text', text: 'You help with code.' }] },
    { type: 'message', id: 'msg_2', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
  ],
  tools: [
    {
      type: 'function',
      name: 'exec_command',
      description: 'Runs a command.',
      strict: false,
      parameters: { ...noParameters, properties: { cmd: { type: 'string' } } },
    },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Patches.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
    },
    {
      type: 'namespace',
      name: 'agents',
      description: 'Other agents.',
      tools: [{ type: 'function', name: 'spawn', strict: false, parameters: noParameters }],
    },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '01a226ae',
  client_metadata: { session_id: '01a226ae' },
}

test.each(languageNames.filter((name) => name !== 'responses'))('Codex in front of %s', async (language) => {
  const response = await gateway.post('/v1/responses', { model: `${language}/calls`, ...codex })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  expect(text).toContain('event: response.completed')
  expect(text).toContain('"name":"exec_command"')
})

test.each(languageNames.filter((name) => name !== 'messages'))('Claude Code in front of %s', async (language) => {
  const response = await gateway.post(
    '/v1/messages?beta=true',
    { model: `${language}/calls`, ...claudeCode },
    claudeHeaders,
  )
  const text = await response.text()
  expect(response.status, text).toBe(200)
  expect(text).toContain('event: message_stop')
  expect(text).toContain('"name":"Bash"')
})

test('a tool of a group is called by its name within the group, and a later request names it so', async () => {
  const [, , agents] = codex.tools
  const asked = { model: 'chat-completions/calls', input: 'hi', tools: [agents] }
  const reply = Object(await (await gateway.post('/v1/responses', asked)).json())
  const call = reply.output.find(({ type }: { type: string }) => type === 'function_call')
  expect(call).toMatchObject({ name: 'spawn', namespace: 'agents' })
  gateway.upstream.clearJournal()
  const input = [
    { role: 'user', content: 'hi' },
    ...reply.output,
    { type: 'function_call_output', call_id: call.call_id, output: 'Done.' },
  ]
  expect((await gateway.post('/v1/responses', { ...asked, model: 'chat-completions/steady', input })).status).toBe(200)
  expect(JSON.stringify(gateway.upstream.journal()[0]?.body)).toContain('"name":"agents__spawn"')
})
