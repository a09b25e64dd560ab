import { type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of Google. Its own SDK and the gateway read them from the same bytes, and must decode the same. */
const names = ['google-text', 'google-reasoning', 'google-tool-call']
const whole = names.map((name) => `google/${name}.json`)
const streamed = [...names, 'google-stream-tool-call-arguments'].map((name) => `google/${name}.chunks.txt`)

describe.each(replyFolders)('generateContent: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let google: GoogleGenAI
  beforeAll(async () => {
    replay = await startReplay(
      folder,
      { contentType: 'text/event-stream', frame: (line) => `data: ${line}\r\n\r\n` },
      (path) => /(google\/[^:]+):/.exec(path)?.[1] ?? '',
    )
    google = new GoogleGenAI({ apiKey: 'upstream-secret', httpOptions: { baseUrl: replay.url } })
    const provider = { protocol: 'generate-content', base_url: `${replay.url}/v1beta`, api_key: 'upstream-secret' }
    gateway = await startGateway({
      providers: { 'prov-a': { ...provider, name: 'Google House' }, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        [...whole, ...streamed].map((model) => [
          slugOf(model),
          { endpoints: [{ provider: 'prov-a', model, pricing: { prompt: 1, completion: 2 } }] },
        ]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`

  test.each(whole)('%s', async (model) => {
    const response = await google.models.generateContent({ model, contents: 'hi' })
    const reply = Object(await (await gateway.chat({ model: slugOf(model) })).json())
    tells(contentOfReply(reply.choices[0]), [response])
    expect(reply.usage).toMatchObject(usageOf(response))
    const { chunks } = await readStream(await gateway.chat({ model: slugOf(model), stream: true }))
    const [one, other] = [contentOfStream(chunks), contentOfReply(reply.choices[0])]
    expect({ ...one, toolCalls: [], reasoningDetails: [] }).toEqual({ ...other, toolCalls: [], reasoningDetails: [] })
  })

  test.each(streamed)('%s', async (model) => {
    const responses = await Array.fromAsync(await google.models.generateContentStream({ model, contents: 'hi' }))
    const { chunks, done } = await readStream(await gateway.chat({ model: slugOf(model), stream: true }))
    expect(done).toBe(true)
    tells(contentOfStream(chunks), responses)
    expect(chunks.at(-1)?.usage).toMatchObject(usageOf(responses.at(-1)))
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
  })
})

/** The SDK leaves it to its user to join a call that comes in pieces. */
function tells(received: ChoiceContent, responses: readonly GenerateContentResponse[]): void {
  const candidates = responses.flatMap((response) => response.candidates ?? [])
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  const signatures = parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? [])
  const words = (thought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('')
  expect(received.content).toBe(words(false))
  expect(received.reasoning).toBe(words(true))
  expect(received.reasoningDetails.map(({ data, format }) => ({ data, format }))).toEqual(
    signatures.map((data) => ({ data, format: 'google-gemini-v1' })),
  )
  expect(received.toolCalls.map(({ name, arguments: text }) => ({ name, args: JSON.parse(text) }))).toEqual(
    callsOf(parts),
  )
  expect(new Set(received.toolCalls.map(({ id }) => id)).size).toBe(received.toolCalls.length)
  const signed = received.reasoningDetails.flatMap(({ id }) => id ?? [])
  expect(signed).toEqual(received.toolCalls.slice(0, signed.length).map(({ id }) => id))
  expect(received).toMatchObject({
    finish: received.toolCalls.length > 0 ? 'tool_calls' : 'stop',
    native: candidates.at(-1)?.finishReason,
  })
}

function callsOf(parts: readonly Part[]): readonly object[] {
  const calls: { name: string; args: Record<string, unknown> }[] = []
  for (const { functionCall } of parts) {
    const { name, args = {}, partialArgs = [] } = functionCall ?? {}
    if (name !== undefined) calls.push({ name, args: { ...args } })
    for (const { jsonPath = '', stringValue = '' } of partialArgs) {
      const given = calls.at(-1)?.args ?? {}
      const key = jsonPath.replace('$.', '')
      given[key] = `${String(given[key] ?? '')}${stringValue}`
    }
  }
  return calls
}

function usageOf(response: GenerateContentResponse | undefined): object {
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = response?.usageMetadata ?? {}
  expect(response?.usageMetadata?.totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount)
  return {
    prompt_tokens: promptTokenCount,
    completion_tokens: candidatesTokenCount + thoughtsTokenCount,
    completion_tokens_details: { reasoning_tokens: thoughtsTokenCount },
  }
}
