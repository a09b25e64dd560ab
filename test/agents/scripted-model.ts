import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { arrayOf, isObject, type JsonObject, objectOf } from '../../src/util/json.ts'

/** What the model does next: it calls a tool, or it answers. */
export type Step =
  | { readonly tool: string; readonly input: JsonObject }
  | { readonly tool: string; readonly text: string }
  | { readonly say: string }

export const upstreamLanguages = ['chat-completions', 'messages', 'responses'] as const
type Language = (typeof upstreamLanguages)[number]

export interface ScriptedModel {
  readonly url: string
  /** The bodies that came, the oldest first. */
  readonly asked: readonly JsonObject[]
  close(): void
}

/**
 * Starts an upstream whose model follows a script: the next step after every result of a tool. To a request that does not offer the tools
 * it says a word.
 * @param script Finds the steps by the tools that are offered.
 */
export async function startScriptedModel(
  language: Language,
  script: (tools: ReadonlySet<string>) => readonly Step[],
): Promise<ScriptedModel> {
  const { read, write } = languages[language]
  const asked: JsonObject[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const body: JsonObject = Object(JSON.parse(text))
    asked.push(body)
    const { tools, results } = read(body)
    const steps = script(tools)
    const step = steps[Math.min(results, steps.length - 1)] ?? { say: 'Fine.' }
    write(response, step, body['stream'] === true, asked.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`,
    asked,
    close: () => server.close(),
  }
}

interface Scripted {
  readonly read: (body: JsonObject) => { readonly tools: ReadonlySet<string>; readonly results: number }
  readonly write: (response: ServerResponse, step: Step, stream: boolean, turn: number) => void
}

const named = (tools: readonly unknown[]): ReadonlySet<string> =>
  new Set(tools.flatMap((tool) => (isObject(tool) ? [String(tool['name'] ?? tool['type'])] : [])))

const countOf = (items: readonly unknown[], test: (item: JsonObject) => boolean): number =>
  items.filter(isObject).filter(test).length

const asJson = (response: ServerResponse, body: object): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const asEvents = (response: ServerResponse, events: readonly JsonObject[], end = ''): void => {
  const text = events.map((event) => `event: ${String(event['type'] ?? 'message')}\ndata: ${JSON.stringify(event)}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text.join('') + end)
}

/** The arguments of a call; free text is one argument, where a language has no tools that take it. */
const inputOf = (step: Exclude<Step, { say: string }>): JsonObject =>
  'input' in step ? step.input : { input: step.text }

const languages: Readonly<Record<Language, Scripted>> = {
  'chat-completions': {
    read: ({ tools, messages }) => ({
      tools: named(arrayOf(tools).map((tool) => objectOf(tool)?.['function'])),
      results: countOf(arrayOf(messages), ({ role }) => role === 'tool'),
    }),
    write(response, step, stream, turn) {
      const message =
        'say' in step
          ? { role: 'assistant', content: step.say }
          : {
              role: 'assistant',
              content: null,
              tool_calls: [
                {
                  index: 0,
                  id: `call_${turn}`,
                  type: 'function',
                  function: { name: step.tool, arguments: JSON.stringify(inputOf(step)) },
                },
              ],
            }
      const finish_reason = 'say' in step ? 'stop' : 'tool_calls'
      const about = { id: `c${turn}`, created: 1, model: 'm' }
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
      if (!stream)
        return asJson(response, {
          ...about,
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason }],
          usage,
        })
      const chunk = { ...about, object: 'chat.completion.chunk' }
      const choices = [{ index: 0, delta: message, finish_reason: null }]
      asEvents(
        response,
        [
          { ...chunk, choices },
          { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
          { ...chunk, choices: [], usage },
        ],
        'data: [DONE]\n\n',
      )
    },
  },
  messages: {
    read: ({ tools, messages }) => ({
      tools: named(arrayOf(tools)),
      results: countOf(
        arrayOf(messages).flatMap((message) => arrayOf(objectOf(message)?.['content'])),
        ({ type }) => type === 'tool_result',
      ),
    }),
    write(response, step, stream, turn) {
      const block =
        'say' in step
          ? { type: 'text', text: step.say }
          : { type: 'tool_use', id: `toolu_${turn}`, name: step.tool, input: inputOf(step) }
      const stop_reason = 'say' in step ? 'end_turn' : 'tool_use'
      const usage = { input_tokens: 10, output_tokens: 5 }
      const message = {
        id: `msg_${turn}`,
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      }
      if (!stream) return asJson(response, { ...message, content: [block], stop_reason })
      const delta =
        'say' in step
          ? { type: 'text_delta', text: step.say }
          : { type: 'input_json_delta', partial_json: JSON.stringify(inputOf(step)) }
      asEvents(response, [
        { type: 'message_start', message },
        {
          type: 'content_block_start',
          index: 0,
          content_block: 'say' in step ? { type: 'text', text: '' } : { ...block, input: {} },
        },
        { type: 'content_block_delta', index: 0, delta },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
        { type: 'message_stop' },
      ])
    },
  },
  responses: {
    read: ({ tools, input }) => ({
      tools: named(arrayOf(tools)),
      results: countOf(arrayOf(input), ({ type }) => String(type).endsWith('_call_output')),
    }),
    write(response, step, stream, turn) {
      const item = responseItem(step, turn)
      const usage = {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 15,
      }
      const begun = { id: `resp_${turn}`, object: 'response', status: 'in_progress', output: [] }
      const done = { ...begun, status: 'completed', output: [item], usage }
      if (!stream) return asJson(response, done)
      asEvents(response, [
        { type: 'response.created', response: begun },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: done },
      ])
    },
  },
}

function responseItem(step: Step, turn: number): JsonObject {
  if ('say' in step) {
    const content = [{ type: 'output_text', text: step.say, annotations: [] }]
    return { type: 'message', id: `msg_${turn}`, status: 'completed', role: 'assistant', content }
  }
  const about = { call_id: `call_${turn}`, name: step.tool, status: 'completed' }
  return 'text' in step
    ? { type: 'custom_tool_call', id: `ctc_${turn}`, ...about, input: step.text }
    : { type: 'function_call', id: `fc_${turn}`, ...about, arguments: JSON.stringify(step.input) }
}
