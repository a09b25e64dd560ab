import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

type OpenAIResponse = OpenAI.Responses.Response

/** Replies of OpenAI and Azure. OpenAI's own SDK and the gateway read them from the same bytes, and must decode the same. */
const whole = ['azure/azure-text.1.json', 'openai/openai-reasoning-encrypted-content.1.json']
const turns = [1, 2, 3, 4].map((turn) => `openai/openai-reasoning-encrypted-content.1.chunks.txt#${turn}`)
const streamed = ['azure/azure-text.1.chunks.txt', ...turns]
const failed = ['openai/openai-error.1.chunks.txt', 'openai/openai-error.1.json']

describe.each(replyFolders)('Responses: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let openai: OpenAI
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`,
      begins: (line) => JSON.parse(line).type === 'response.created',
    })
    openai = new OpenAI({ apiKey: 'upstream-secret', baseURL: replay.url, maxRetries: 0 })
    const provider = { protocol: 'responses', base_url: replay.url, api_key: 'upstream-secret' }
    const pricing = { prompt: 1, completion: 2 }
    gateway = await startGateway({
      providers: { 'prov-a': { ...provider, name: 'Prov A' }, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        [...whole, ...streamed, ...failed].map((model) => [
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

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1).replace('#', '.')}`

  test.each(whole)('%s', async (name) => {
    const understood = await openai.responses.create({ model: name, input: 'hi' })
    const response = await gateway.chat({ model: slugOf(name) })
    expect(response.status).toBe(200)
    const reply = Object(await response.json())
    tells(contentOfReply(reply.choices[0]), understood)
    expect(reply).toMatchObject({ usage: usageOf(understood), service_tier: understood.service_tier })
    const { chunks } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(contentOfStream(chunks)).toEqual(contentOfReply(reply.choices[0]))
  })

  test.each(streamed)('%s', async (name) => {
    const understood = await openai.responses.stream({ model: name, input: 'hi' }).finalResponse()
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(done).toBe(true)
    tells(contentOfStream(chunks), understood)
    expect(chunks.at(-1)).toMatchObject({ usage: usageOf(understood), service_tier: understood.service_tier })
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
  })

  test.each(failed)('%s: an exhausted account of ours is no 429', async (name) => {
    const response = await gateway.chat({ model: slugOf(name), stream: name.endsWith('.txt') })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({
      error: { code: 502, metadata: { provider_name: 'Prov A', provider_code: 'insufficient_quota' } },
    })
  })
})

function tells(received: ChoiceContent, { output, output_text, status }: OpenAIResponse): void {
  const thoughts = output.filter((item) => item.type === 'reasoning')
  const calls = output.filter((item) => item.type === 'function_call')
  expect(received.content).toBe(output_text)
  expect(received.reasoning).toBe(thoughts.flatMap(({ summary }) => summary.map(({ text }) => text)).join(''))
  const format = 'openai-responses-v1'
  expect(received.reasoningDetails.map(({ index: _, ...detail }) => detail)).toEqual(
    thoughts.flatMap(({ id, summary, encrypted_content: data }) => [
      ...summary.map(({ text }) => ({ type: 'reasoning.summary', summary: text, id, format })),
      { type: 'reasoning.encrypted', data: expect.any(String), id, format },
      ...(data ? [] : [{ missing: 'encrypted_content' }]),
    ]),
  )
  expect(received.toolCalls).toEqual(
    calls.map(({ call_id, name, arguments: text }) => ({ id: call_id, name, arguments: text })),
  )
  expect(received).toMatchObject({ finish: calls.length > 0 ? 'tool_calls' : 'stop', native: status, refusal: '' })
}

const usageOf = ({ usage }: OpenAIResponse): object => ({
  prompt_tokens: usage?.input_tokens,
  completion_tokens: usage?.output_tokens,
  total_tokens: usage?.total_tokens,
  prompt_tokens_details: { cached_tokens: usage?.input_tokens_details.cached_tokens },
  completion_tokens_details: { reasoning_tokens: usage?.output_tokens_details.reasoning_tokens },
})
