import Anthropic, { APIError, AuthenticationError, BadRequestError, RateLimitError } from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'

let gateway: GatewayOfAll
let client: Anthropic
beforeAll(async () => {
  gateway = await startGatewayOfAll({
    steady: ['steady'],
    thinks: ['reasoning'],
    calls: ['tool-call'],
    cut: ['cut-after-2'],
    busy: ['status-429'],
    full: ['status-529'],
  })
  client = new Anthropic({ apiKey: gateway.key, baseURL: `${gateway.url}/api`, maxRetries: 0 })
})
afterAll(() => gateway.close())

const hello = { max_tokens: 2_000, messages: [{ role: 'user', content: 'Hello' }] } satisfies Omit<
  Anthropic.MessageCreateParamsNonStreaming,
  'model'
>

/** The thoughts of each answer are sealed anew. */
const withoutSeals = (block: object): object => ({ ...block, signature: '', data: '' })

const weather = {
  name: 'get_weather',
  description: 'Tells the weather.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} satisfies Anthropic.Tool

describe.each(languageNames)('@anthropic-ai/sdk in front of %s', (language) => {
  test('a message and its stream say the same', async () => {
    const whole = await client.messages.create({ ...hello, model: `${language}/steady` })
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null })
    const block = whole.content.find(({ type }) => type === 'text')
    expect(block).toMatchObject({ type: 'text', text: expect.stringContaining('river') })
    expect(whole.usage.input_tokens).toBeGreaterThan(0)
    const texts: string[] = []
    const stream = client.messages
      .stream({ ...hello, model: `${language}/steady` })
      .on('text', (text) => texts.push(text))
    const final = await stream.finalMessage()
    const said = (content: readonly object[]): readonly object[] =>
      content.filter((one) => Object(one).type !== 'redacted_thinking').map(withoutSeals)
    expect(said(final.content)).toEqual(said(whole.content))
    expect(texts.join('')).toBe(Object(block).text)
    expect(final.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    })
    expect(final.stop_reason).toBe('end_turn')
  })

  test('thoughts come before the text, and go back where they came from', async () => {
    const request = {
      ...hello,
      model: `${language}/thinks`,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
    } as const
    const message = await client.messages.stream(request).finalMessage()
    const kinds = message.content.map(({ type }) => type)
    expect(kinds.indexOf('thinking')).toBeLessThan(kinds.indexOf('text'))
    const thought = message.content.find(({ type }) => type === 'thinking')
    expect(Object(thought).thinking).not.toBe('')
    expect(Object(thought).signature).not.toBe('')
    const again = await client.messages.create({
      ...request,
      messages: [
        ...hello.messages,
        { role: 'assistant', content: message.content },
        { role: 'user', content: 'And now?' },
      ],
    })
    expect(again.stop_reason).toBe('end_turn')
  })

  test('a tool is called, in whole replies and in streams, and its result is read', async () => {
    const request = { ...hello, model: `${language}/calls`, tools: [weather] }
    const whole = await client.messages.create(request)
    const streamed = await client.messages.stream(request).finalMessage()
    for (const { content, stop_reason } of [whole, streamed]) {
      expect(stop_reason).toBe('tool_use')
      const call = content.find((block) => block.type === 'tool_use')
      expect(call).toMatchObject({ name: 'get_weather', input: expect.objectContaining({ city: expect.any(String) }) })
    }
    const call = whole.content.find((block) => block.type === 'tool_use')
    const after = await client.messages.create({
      ...hello,
      model: `${language}/steady`,
      tools: [weather],
      messages: [
        ...hello.messages,
        { role: 'assistant', content: whole.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'Sunny.' }] },
      ],
    })
    expect(after.stop_reason).toBe('end_turn')
  })

  test('an answer in a schema is parsed', async () => {
    const format = jsonSchemaOutputFormat({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    })
    const message = await client.messages.parse({ ...hello, model: `${language}/steady`, output_config: { format } })
    expect(message.parsed_output).toMatchObject({ city: expect.any(String) })
  })

  test('the tool runner goes on until the answer', async () => {
    const asked: unknown[] = []
    const runner = client.beta.messages.toolRunner({
      ...hello,
      model: `${language}/calls`,
      max_iterations: 2,
      tools: [
        betaTool({
          name: 'get_weather',
          description: 'Tells the weather.',
          inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          run: ({ city }) => {
            asked.push(city)
            return `Sunny in ${city}.`
          },
        }),
      ],
    })
    await runner.runUntilDone()
    expect(asked.length).toBeGreaterThan(0)
  })

  test('a stream that is cut ends in an error, never in a message', async () => {
    const stream = client.messages.stream({ ...hello, model: `${language}/cut` })
    await expect(stream.finalMessage()).rejects.toThrow(APIError)
    await expect(client.messages.create({ ...hello, model: `${language}/cut` })).rejects.toThrow(APIError)
  })

  test('errors have the classes of the SDK', async () => {
    const busy = client.messages.create({ ...hello, model: `${language}/busy` })
    await expect(busy).rejects.toThrow(RateLimitError)
    const full = client.messages.create({ ...hello, model: `${language}/full` })
    await expect(full).rejects.toMatchObject({
      status: 529,
      error: { type: 'error', error: { type: 'overloaded_error' } },
    })
  })

  test('tokens are counted', async () => {
    const count = await client.messages.countTokens({ ...hello, model: `${language}/steady`, tools: [weather] })
    expect(count).toMatchObject({ input_tokens: expect.any(Number), source: 'estimate' })
    expect(count.input_tokens).toBeGreaterThan(10)
  })
})

describe('@anthropic-ai/sdk: what is wrong', () => {
  test('a key that is not known, a model that is not known, a body that is not valid', async () => {
    const stranger = new Anthropic({ apiKey: 'wrong', baseURL: gateway.url, maxRetries: 0 })
    const model = 'messages/steady'
    await expect(stranger.messages.create({ ...hello, model })).rejects.toThrow(AuthenticationError)
    await expect(client.messages.create({ ...hello, model: 'nobody/nothing' })).rejects.toThrow(BadRequestError)
    const none = client.messages.create({ ...hello, model, messages: [] })
    await expect(none).rejects.toThrow('messages must not be empty')
  })
})
