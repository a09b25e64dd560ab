import { EventStreamCodec } from '@smithy/eventstream-codec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { bedrockAt, converse, converseStream, type Understood } from '../protocols/converse/bedrock-client.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of Bedrock. AWS's own client and the gateway read them from the same bytes, and must decode the same. */
const names = ['text', 'tool-call.1', 'json-tool.1'].map((name) => `amazon-bedrock/amazon-bedrock-${name}`)

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
)
const text = (value: string) => ({ type: 'string', value }) as const

/** A recorded line has one key: the type of the event. */
function frame(line: string): Buffer {
  const [[type, event] = ['', {}]] = Object.entries(JSON.parse(line))
  const headers = {
    ':message-type': text('event'),
    ':event-type': text(type),
    ':content-type': text('application/json'),
  }
  return Buffer.from(codec.encode({ headers, body: Buffer.from(JSON.stringify(event)) }))
}

const modelOf = (path: string): string => decodeURIComponent(path.split('/').at(-2) ?? '')

describe.each(replyFolders)('Converse: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  beforeAll(async () => {
    replay = await startReplay(folder, { contentType: 'application/vnd.amazon.eventstream', frame }, modelOf)
    const provider = { protocol: 'converse', base_url: replay.url, api_key: 'upstream-secret' }
    const pricing = { prompt: 1, completion: 2 }
    gateway = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        names
          .flatMap((name) => [`${name}.json`, `${name}.chunks.txt`])
          .map((model) => [slugOf(model), { endpoints: [{ provider: 'prov-a', model, pricing }] }]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`
  const ask = (modelId: string) => ({ modelId, messages: [{ role: 'user' as const, content: [{ text: 'hi' }] }] })

  async function whole(name: string, more: object = {}) {
    const response = await gateway.chat({ model: slugOf(name), ...more })
    expect(response.status).toBe(200)
    const reply = Object(await response.json())
    return { received: contentOfReply(reply.choices[0]), usage: reply.usage }
  }

  async function streamed(name: string, more: object = {}) {
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(name), stream: true, ...more }))
    expect(done).toBe(true)
    return { received: contentOfStream(chunks), usage: chunks.at(-1)?.usage }
  }

  test.each(names)('%s.json', async (name) => {
    const understood = await converse(bedrockAt(replay.url), ask(`${name}.json`))
    const { received, usage } = await whole(`${name}.json`)
    tells(received, understood)
    expect(usage).toMatchObject(usageOf(understood))
    // Bedrock may answer a request for a stream with JSON. It becomes a stream with the same content.
    const stream = await streamed(`${name}.json`)
    expect(stream.received).toEqual(received)
    expect(stream.usage).toEqual(usage)
  })

  test.each(names)('%s.chunks.txt', async (name) => {
    const understood = await converseStream(bedrockAt(replay.url), ask(`${name}.chunks.txt`))
    const { received, usage } = await streamed(`${name}.chunks.txt`)
    tells(received, understood)
    expect(usage).toMatchObject(usageOf(understood))
  })

  test('the call that was asked for instead of structured output is the text', async () => {
    const name = names[2] ?? ''
    // The schema allows further properties, which Bedrock does not enforce.
    const schema = { type: 'object', patternProperties: {} }
    const more = { response_format: { type: 'json_schema', json_schema: { name: 'forecast', schema } } }
    const json = await converse(bedrockAt(replay.url), ask(`${name}.json`))
    const stream = await converseStream(bedrockAt(replay.url), ask(`${name}.chunks.txt`))
    for (const [understood, { received }] of [
      [json, await whole(`${name}.json`, more)],
      [stream, await streamed(`${name}.chunks.txt`, more)],
    ] as const) {
      expect(JSON.parse(received.content)).toEqual(understood.calls[0]?.arguments)
      expect(received).toMatchObject({ finish: 'stop', native: 'tool_use', toolCalls: [] })
    }
  })
})

const finishes: Readonly<Record<string, string>> = { end_turn: 'stop', tool_use: 'tool_calls' }

function tells(received: ChoiceContent, understood: Understood): void {
  expect(received).toMatchObject({
    content: understood.text,
    reasoning: understood.reasoning,
    finish: finishes[understood.stopReason ?? ''],
    native: understood.stopReason,
  })
  expect(received.toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) }))).toEqual(
    understood.calls,
  )
  expect(`${received.content}${received.toolCalls.length}`).not.toBe('0')
}

/** Usage that the vendor does not report is estimated. */
function usageOf({ usage }: Understood): object {
  if (usage === undefined) return {}
  const { inputTokens: prompt_tokens = 0, outputTokens: completion_tokens = 0 } = usage
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}
