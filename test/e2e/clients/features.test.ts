import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { OpenRouter } from '@openrouter/sdk'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Found, startSearxng, type TestServer } from '../../features/web-servers.ts'
import { behaving, startGateway, type TestGateway } from '../../gateway.ts'

const results: readonly Found[] = [{ url: 'https://example.com/rivers', title: 'Rivers', content: 'Rivers are long.' }]
let gateway: TestGateway
let searxng: TestServer
beforeAll(async () => {
  searxng = await startSearxng(results)
  gateway = await startGateway({
    search: { searxng: { base_url: searxng.url } },
    models: {
      'acme/m1': behaving('tool-call'),
      'acme/painter': {
        output_modalities: ['text', 'image'],
        endpoints: [{ provider: 'prov-b', model: 'image', pricing: { prompt: 1, completion: 2 } }],
      },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await searxng.close()
})

const webSearch = { type: 'openrouter:web_search' }
const image = { type: 'openrouter:image_generation', parameters: { model: 'acme/painter' } }

describe('contract row 68: the AI SDK', () => {
  const model = (tools: readonly object[], more: object = {}) =>
    createOpenRouter({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key })('acme/m1', {
      extraBody: { tools, ...more },
    })

  test('reads the answer after a server tool, its citations and its usage', async () => {
    const { text, sources, finishReason, response } = await generateText({
      model: model([webSearch]),
      prompt: 'hi',
      maxRetries: 0,
    })
    expect(text).toMatch(/^The river/)
    expect(finishReason).toBe('stop')
    expect(sources).toMatchObject([{ sourceType: 'url', url: 'https://example.com/rivers', title: 'Rivers' }])
    // What it keeps of the answer can be sent again.
    const again = await generateText({
      model: model([webSearch]),
      messages: [{ role: 'user', content: 'hi' }, ...response.messages, { role: 'user', content: 'and?' }],
      maxRetries: 0,
    })
    expect(again.text).toMatch(/^The river/)
  })

  test('reads a stream with a server tool, and the citations of the plugin', async () => {
    const errors: unknown[] = []
    const result = streamText({
      model: model([{ type: 'openrouter:datetime' }], { plugins: [{ id: 'web' }] }),
      prompt: 'hi',
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    })
    const parts = await Array.fromAsync(result.fullStream)
    expect(errors).toEqual([])
    expect(parts.flatMap((part) => (part.type === 'source' ? [part] : []))).toMatchObject([
      { url: 'https://example.com/rivers' },
    ])
    expect(await result.finishReason).toBe('stop')
  })

  test('reads an image that a tool made', async () => {
    const { files, text } = await generateText({ model: model([image]), prompt: 'hi', maxRetries: 0 })
    expect(files).toMatchObject([{ mediaType: 'image/png' }])
    expect(text).toMatch(/^The river/)
  })
})

describe('the OpenRouter SDK', () => {
  test.each([
    ['a server tool', [webSearch]],
    ['an image', [image]],
  ])('reads %s, as JSON and as a stream', async (_, tools) => {
    const client = new OpenRouter({ apiKey: gateway.key, serverURL: `${gateway.url}/api/v1` })
    const body = { model: 'acme/m1', messages: [{ role: 'user' as const, content: 'hi' }], tools: tools as never }
    const reply = await client.chat.send({ chatRequest: { ...body, stream: false } })
    if (!('choices' in reply)) throw new Error('The reply is a stream.')
    expect(reply.choices[0]?.message.content).toMatch(/^The river/)
    expect(JSON.stringify(reply.choices[0]?.message.reasoningDetails)).toContain('server_tool_call')
    expect(reply.usage?.serverToolUseDetails).toMatchObject({ toolCallsExecuted: 1 })
    const stream = await client.chat.send({ chatRequest: { ...body, stream: true } })
    const chunks = await Array.fromAsync(
      stream as AsyncIterable<{ choices: readonly { delta: { content?: string | null } }[] }>,
    )
    expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')).toMatch(
      /^The river/,
    )
  })
})

test('the OpenAI SDK reads the answer after a server tool', async () => {
  const client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })
  const reply = await client.chat.completions.create({
    model: 'acme/m1',
    messages: [{ role: 'user', content: 'hi' }],
    tools: [webSearch as never],
  })
  expect(reply.choices[0]?.message.content).toMatch(/^The river/)
  expect(reply.choices[0]?.message.annotations).toMatchObject([{ type: 'url_citation' }])
})
