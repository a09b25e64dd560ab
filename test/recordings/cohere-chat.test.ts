import { type Cohere, CohereClient } from 'cohere-ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of Cohere. Its own SDK and the gateway read them from the same bytes, and must decode the same. */
const whole = ['cohere-text', 'cohere-tool-call', 'cohere-citations'].map((name) => `cohere/${name}.json`)
const streamed = ['cohere-text', 'cohere-tool-call'].map((name) => `cohere/${name}.chunks.txt`)

describe.each(replyFolders)('Cohere chat: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let cohere: CohereClient
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`,
    })
    cohere = new CohereClient({ token: 'upstream-secret', environment: replay.url })
    const provider = { protocol: 'cohere-chat', base_url: `${replay.url}/v2`, api_key: 'upstream-secret' }
    const pricing = { prompt: 1, completion: 2 }
    gateway = await startGateway({
      providers: { 'prov-a': { ...provider, name: 'Prov A' }, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        [...whole, ...streamed].map((model) => [
          slugOf(model),
          { endpoints: [{ provider: 'prov-a', model, pricing }] },
        ]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`
  const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'hi' }] })

  test.each(whole)('%s', async (name) => {
    const { message, usage, finishReason } = await cohere.v2.chat(ask(name))
    const response = await gateway.chat({ model: slugOf(name) })
    expect(response.status).toBe(200)
    const reply = Object(await response.json())
    tells(contentOfReply(reply.choices[0]), message, finishReason)
    expect(reply.usage).toMatchObject(usageOf(usage))
    const { chunks } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(contentOfStream(chunks)).toEqual(contentOfReply(reply.choices[0]))
  })

  test.each(streamed)('%s', async (name) => {
    const { message, usage, finishReason } = await gather(await cohere.v2.chatStream(ask(name)))
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(done).toBe(true)
    tells(contentOfStream(chunks), message, finishReason)
    expect(chunks.at(-1)?.usage).toMatchObject(usageOf(usage))
  })
})

/** The SDK returns events, and its user has to join them. */
async function gather(stream: AsyncIterable<Cohere.V2ChatStreamResponse>) {
  let text = ''
  let toolPlan = ''
  const toolCalls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let end: Cohere.ChatMessageEndEventDelta | undefined
  for await (const event of stream) {
    if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? ''
    if (event.type === 'tool-plan-delta') toolPlan += event.delta?.message?.toolPlan ?? ''
    if (event.type === 'tool-call-start') {
      const call = event.delta?.message?.toolCalls
      const name = call?.function?.name ?? ''
      toolCalls.push({ id: call?.id ?? '', type: 'function', function: { name, arguments: '' } })
    }
    const called = toolCalls.at(-1)?.function
    if (event.type === 'tool-call-delta' && called !== undefined) {
      called.arguments += event.delta?.message?.toolCalls?.function?.arguments ?? ''
    }
    if (event.type === 'message-end') end = event.delta
  }
  const message: Cohere.AssistantMessageResponse = {
    role: 'assistant',
    content: [{ type: 'text', text }],
    toolPlan,
    toolCalls,
  }
  return { message, usage: end?.usage, finishReason: end?.finishReason }
}

const finishes: Readonly<Record<string, string>> = { COMPLETE: 'stop', TOOL_CALL: 'tool_calls' }

function tells(
  received: ChoiceContent,
  { content = [], toolPlan = '', toolCalls = [] }: Cohere.AssistantMessageResponse,
  finishReason: string | undefined,
): void {
  expect(received).toMatchObject({
    content: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: toolPlan,
    toolCalls: toolCalls.map((call) => ({ id: call.id, ...call.function })),
    // None of these documents has a URL.
    annotations: [],
    finish: finishes[finishReason ?? ''],
    native: finishReason,
  })
}

/** The billed tokens, not those that the vendor adds for itself. */
const usageOf = (usage: Cohere.Usage | undefined): object => ({
  prompt_tokens: usage?.billedUnits?.inputTokens,
  completion_tokens: usage?.billedUnits?.outputTokens,
})
