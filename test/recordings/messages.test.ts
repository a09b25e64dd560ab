import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of Anthropic. Its own SDK and the gateway read them from the same bytes, and must decode the same. */
const names = [
  'anthropic-text',
  'anthropic-tool-no-args',
  'anthropic-refusal',
  'anthropic-clear-thinking.1',
  'anthropic-json-output-format.1',
  'anthropic-json-tool.1',
  'anthropic-web-search-tool.1',
]
const whole = [...names, 'anthropic-claude-opus-5-reasoning-high.1'].map((name) => `anthropic/${name}.json`)
const streamed = names.map((name) => `anthropic/${name}.chunks.txt`)

describe.each(replyFolders)('Messages: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let anthropic: Anthropic
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`,
    })
    anthropic = new Anthropic({ apiKey: 'upstream-secret', baseURL: replay.url, maxRetries: 0 })
    const provider = { protocol: 'messages', base_url: `${replay.url}/v1`, api_key: 'upstream-secret' }
    const pricing = { prompt: 1, completion: 2 }
    gateway = await startGateway({
      providers: { 'prov-a': { ...provider, name: 'Claude House' }, 'prov-b': provider, 'prov-c': provider },
      models: {
        ...Object.fromEntries(
          [...whole, ...streamed].map((model) => [
            slugOf(model),
            { endpoints: [{ provider: 'prov-a', model, pricing }] },
          ]),
        ),
        // The answer was requested as a tool named `json`.
        'recorded/forced.json': {
          endpoints: [
            { provider: 'prov-a', model: whole[5] ?? '', pricing, supported_parameters: ['response_format'] },
          ],
        },
        'recorded/forced.chunks.txt': {
          endpoints: [
            { provider: 'prov-a', model: streamed[5] ?? '', pricing, supported_parameters: ['response_format'] },
          ],
        },
      },
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`
  const ask = (model: string) =>
    ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }) satisfies Anthropic.MessageCreateParams

  test.each(whole)('%s', async (name) => {
    const message = await anthropic.messages.create(ask(name))
    const response = await gateway.chat({ model: slugOf(name) })
    expect(response.status).toBe(200)
    const reply = Object(await response.json())
    tells(contentOfReply(reply.choices[0]), message)
    expect(reply.usage).toMatchObject(usageOf(message))
    const { chunks } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(contentOfStream(chunks)).toEqual(contentOfReply(reply.choices[0]))
  })

  test.each(streamed)('%s', async (name) => {
    const message = await anthropic.messages.stream(ask(name)).finalMessage()
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(done).toBe(true)
    tells(contentOfStream(chunks), message)
    expect(chunks.at(-1)?.usage).toMatchObject(usageOf(message))
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
  })

  test.each([
    ['recorded/forced.json', false],
    ['recorded/forced.chunks.txt', true],
  ])('%s: the call that was asked for instead of structured output is the text', async (model, stream) => {
    const name = stream ? streamed[5] : whole[5]
    const message = stream
      ? await anthropic.messages.stream(ask(name ?? '')).finalMessage()
      : await anthropic.messages.create(ask(name ?? ''))
    const json_schema = { name: 'json', schema: { type: 'object', properties: { elements: { type: 'array' } } } }
    const response = await gateway.chat({ model, stream, response_format: { type: 'json_schema', json_schema } })
    const received = stream
      ? contentOfStream((await readStream(response)).chunks)
      : contentOfReply(Object(await response.json()).choices[0])
    const [block] = message.content
    expect(JSON.parse(received.content)).toEqual(block?.type === 'tool_use' ? block.input : null)
    expect(received).toMatchObject({ finish: 'stop', native: 'tool_use', toolCalls: [] })
  })
})

const finishes: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
  max_tokens: 'length',
}

function tells(received: ChoiceContent, { content, stop_reason, stop_details }: Anthropic.Message): void {
  const texts = content.filter((block) => block.type === 'text')
  const thoughts = content.filter((block) => block.type === 'thinking')
  const calls = content.filter((block) => block.type === 'tool_use')
  expect(received.content).toBe(texts.map(({ text }) => text).join(''))
  expect(received.reasoning).toBe(thoughts.map(({ thinking }) => thinking).join(''))
  expect(received.reasoningDetails).toEqual(
    thoughts.map(({ thinking, signature }, index) => ({
      type: 'reasoning.text',
      text: thinking,
      signature,
      id: null,
      format: 'anthropic-claude-v1',
      index,
    })),
  )
  expect(received.toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) }))).toEqual(
    calls.map(({ id, name, input }) => ({ id, name, arguments: input })),
  )
  expect(received.annotations).toEqual(citationsOf(texts))
  expect(received).toMatchObject({
    finish: finishes[stop_reason ?? ''],
    native: stop_reason,
    refusal: stop_details?.explanation ?? '',
  })
}

/** The citations of a block apply to all of its text. */
function citationsOf(texts: readonly Anthropic.TextBlock[]): readonly object[] {
  let end = 0
  return texts.flatMap(({ text, citations }) => {
    const start_index = end
    end += text.length
    return (citations ?? []).flatMap((citation) => {
      if (citation.type !== 'web_search_result_location') return []
      const { url, title, cited_text } = citation
      return [{ type: 'url_citation', url_citation: { url, title, content: cited_text, start_index, end_index: end } }]
    })
  })
}

function usageOf({ usage }: Anthropic.Message): object {
  const prompt = usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output_tokens,
    total_tokens: prompt + usage.output_tokens,
    completion_tokens_details: { reasoning_tokens: usage.output_tokens_details?.thinking_tokens ?? 0 },
  }
}
