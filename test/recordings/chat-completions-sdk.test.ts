import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../src/util/json.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of the providers with this protocol. OpenAI's own SDK and the gateway read them from the same bytes, cut at random. */
const whole = [
  'alibaba/alibaba-tool-call.json',
  'deepseek/deepseek-reasoning.json',
  'deepseek/deepseek-text.json',
  'groq/groq-text.json',
  'groq/groq-tool-call.json',
  'mistral/mistral-reasoning.json',
  'mistral/mistral-text.json',
  'moonshotai/moonshotai-text.json',
  'moonshotai/moonshotai-tool-call.json',
  'perplexity/perplexity-citations.json',
  'xai/xai-text.json',
  'openai/openai-text.json',
]
const streamed = [
  'alibaba/alibaba-tool-call.chunks.txt',
  'deepseek/deepseek-reasoning.chunks.txt',
  'deepseek/deepseek-text.chunks.txt',
  'groq/groq-text.chunks.txt',
  'mistral/mistral-reasoning.chunks.txt',
  'mistral/mistral-text.chunks.txt',
  'moonshotai/moonshotai-stream.chunks.txt',
  'perplexity/perplexity-citations.chunks.txt',
  'xai/xai-text.chunks.txt',
  'openai/openai-text.chunks.txt',
]

describe.each(replyFolders)('chat completions as the SDK reads them: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let openai: OpenAI
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `data: ${line}\n\n`,
      end: 'data: [DONE]\n\n',
    })
    openai = new OpenAI({ apiKey: 'upstream-secret', baseURL: replay.url, maxRetries: 0 })
    const slugs = [...new Set([...whole, ...streamed].map((name) => name.slice(0, name.indexOf('/'))))]
    const pricing = { prompt: 1, completion: 2 }
    gateway = await startGateway({
      providers: Object.fromEntries(
        [...slugs, 'prov-a', 'prov-b', 'prov-c'].map((slug) => [
          slug,
          { base_url: replay.url, api_key: 'upstream-secret' },
        ]),
      ),
      models: Object.fromEntries(
        [...whole, ...streamed].map((model) => [
          slugOf(model),
          { endpoints: [{ provider: model.slice(0, model.indexOf('/')), model, pricing }] },
        ]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`
  const messages = [{ role: 'user' as const, content: 'hi' }]

  test.each(whole)('%s', async (name) => {
    const understood = await openai.chat.completions.create({ model: name, messages })
    const response = await gateway.chat({ model: slugOf(name) })
    expect(response.status).toBe(200)
    const reply = Object(await response.json())
    compare(contentOfReply(reply.choices[0]), reply, [understood])
  })

  test.each(streamed)('%s', async (name) => {
    const understood: object[] = []
    for await (const chunk of await openai.chat.completions.create({ model: name, messages, stream: true })) {
      understood.push(chunk)
    }
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(name), stream: true }))
    expect(done).toBe(true)
    compare(contentOfStream(chunks), Object(chunks.at(-1)), understood)
  })
})

/** @param sdkChunks Chunks, or one complete reply, as the SDK returns them. */
function compare(received: ChoiceContent, last: JsonObject, sdkChunks: readonly object[]): void {
  const replies = sdkChunks.filter(isObject)
  const choices = replies.flatMap((reply) => arrayOf(reply['choices'])).filter(isObject)
  const pieces = choices.map((choice) => objectOf(choice['delta']) ?? objectOf(choice['message']) ?? {})
  const parts = pieces.flatMap(({ content }) => (typeof content === 'string' ? [{ text: content }] : arrayOf(content)))
  expect(received.content).toBe(parts.map(textOf).join(''))
  const thoughts = parts.flatMap((part) => arrayOf(objectOf(part)?.['thinking']))
  const reasoning = pieces.map((piece) => stringOf(piece['reasoning_content']) ?? stringOf(piece['reasoning']) ?? '')
  expect(received.reasoning).toBe(reasoning.join('') + thoughts.map(textOf).join(''))
  expect(received.toolCalls).toEqual(callsOf(pieces))
  const cited = replies.flatMap((reply) => arrayOf(reply['citations']))
  expect(received.annotations.map((annotation) => Object(annotation).url_citation.url)).toEqual([...new Set(cited)])
  const finish = choices.map((choice) => choice['finish_reason']).findLast((reason) => typeof reason === 'string')
  expect(received).toMatchObject({ finish, native: finish })
  expect(last['usage']).toMatchObject(usageOf(replies, choices))
}

const textOf = (part: unknown): string => stringOf(objectOf(part)?.['text']) ?? ''

function callsOf(pieces: readonly JsonObject[]): readonly object[] {
  const calls: { id: string; name: string; arguments: string }[] = []
  for (const [position, call] of pieces.flatMap((piece) => [...arrayOf(piece['tool_calls']).entries()])) {
    const { id, index, function: called } = Object(call)
    const known = (calls[index ?? position] ??= { id: '', name: '', arguments: '' })
    known.id ||= id ?? ''
    known.name ||= called?.name ?? ''
    known.arguments += called?.arguments ?? ''
  }
  return calls
}

/** All providers count the total in the same way: what is not prompt is completion. */
function usageOf(replies: readonly JsonObject[], choices: readonly JsonObject[]): object {
  const given = [...replies, ...replies.map((reply) => objectOf(reply['x_groq']) ?? {}), ...choices]
  const usage = given.map((holder) => objectOf(holder['usage'])).findLast((one) => one !== undefined) ?? {}
  const prompt = countOf(usage['prompt_tokens']) ?? 0
  const total = countOf(usage['total_tokens']) ?? 0
  const details = objectOf(usage['prompt_tokens_details'])
  const cached = countOf(details?.['cached_tokens']) ?? countOf(usage['prompt_cache_hit_tokens']) ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: total - prompt,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: cached },
  }
}
