import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { OpenRouter } from '@openrouter/sdk'
import { generateText, jsonSchema, type LanguageModel, Output, streamText, tool } from 'ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({
    steady: ['steady'],
    thinks: ['reasoning'],
    calls: ['tool-call'],
    cut: ['cut-after-2'],
  })
})
afterAll(() => gateway.close())

const connect: Readonly<Record<string, (slug: string) => LanguageModel>> = {
  '@ai-sdk/anthropic': (slug) => createAnthropic({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key })(slug),
  '@ai-sdk/openai (responses)': (slug) =>
    createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key }).responses(slug),
}

const once = { maxRetries: 0 }
const city = jsonSchema<{ readonly city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
})
const tools = { get_weather: tool({ description: 'Tells the weather.', inputSchema: city }) }

describe.each(Object.entries(connect))('%s', (name, open) => {
  describe.each(languageNames)('in front of %s', (language) => {
    // OpenAI's provider asks OpenAI to keep the answer unless it is told not to.
    const providerOptions = { openai: { store: false } }
    const ask = (model: string) => ({ model: open(`${language}/${model}`), prompt: 'Hello', providerOptions, ...once })

    test('text, whole and streamed', async () => {
      const whole = await generateText(ask('steady'))
      expect(whole.text).toContain('river')
      expect(whole.finishReason).toBe('stop')
      const streamed = streamText(ask('steady'))
      expect(await streamed.text).toBe(whole.text)
      expect((await streamed.usage).totalTokens).toBe(whole.usage.totalTokens)
    })

    test('thoughts', async () => {
      const options = { ...providerOptions, anthropic: { thinking: { type: 'enabled' as const, budgetTokens: 1_024 } } }
      const thought = {
        ...ask('thinks'),
        providerOptions: { ...options, openai: { store: false, reasoningEffort: 'low', forceReasoning: true } },
      }
      const { text, reasoningText } = await generateText(thought)
      expect(text).toContain('river')
      // OpenAI's provider shows summaries alone, not thoughts in the open.
      if (name.includes('anthropic') || language === 'responses') expect(reasoningText).not.toBe('')
    })

    test('a call of a tool, whole and streamed', async () => {
      const whole = await generateText({ ...ask('calls'), tools })
      expect(whole.finishReason).toBe('tool-calls')
      expect(whole.toolCalls[0]).toMatchObject({ toolName: 'get_weather', input: { city: expect.any(String) } })
      const streamed = streamText({ ...ask('calls'), tools })
      expect((await streamed.toolCalls)[0]).toMatchObject({
        toolName: 'get_weather',
        input: { city: expect.any(String) },
      })
    })

    test('an answer in a schema', async () => {
      const { output } = await generateText({ ...ask('steady'), output: Output.object({ schema: city }) })
      expect(output).toMatchObject({ city: expect.any(String) })
    })

    test('a stream that is cut is an error', async () => {
      const errors: unknown[] = []
      const streamed = streamText({ ...ask('cut'), onError: ({ error }) => void errors.push(error) })
      for await (const part of streamed.fullStream) if (part.type === 'finish') expect(part.finishReason).toBe('error')
      expect(errors).not.toEqual([])
    })
  })
})

describe.each(languageNames)('@openrouter/sdk beta.responses in front of %s', (language) => {
  test('whole and streamed', async () => {
    const client = new OpenRouter({
      apiKey: gateway.key,
      serverURL: `${gateway.url}/api/v1`,
      retryConfig: { strategy: 'none' },
    })
    const request = { model: `${language}/steady`, input: 'Hello' }
    const whole = await client.beta.responses.send({ responsesRequest: { ...request, stream: false } })
    expect(whole).toMatchObject({
      status: 'completed',
      output: expect.arrayContaining([expect.objectContaining({ type: 'message' })]),
    })
    const kinds: string[] = []
    const events = await client.beta.responses.send({ responsesRequest: { ...request, stream: true } })
    if (!(Symbol.asyncIterator in events)) throw new Error('This is no stream.')
    for await (const event of events) {
      kinds.push(event.type)
    }
    expect(kinds[0]).toBe('response.created')
    expect(kinds.at(-1)).toBe('response.completed')
  })

  test('a call of a function and a thought are decoded', async () => {
    const client = new OpenRouter({
      apiKey: gateway.key,
      serverURL: `${gateway.url}/api/v1`,
      retryConfig: { strategy: 'none' },
    })
    const tools = [
      { type: 'function' as const, name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ]
    const called = await client.beta.responses.send({
      responsesRequest: { model: `${language}/calls`, input: 'Hello', tools, stream: false },
    })
    expect(JSON.stringify(called)).toContain('function_call')
    const thought = await client.beta.responses.send({
      responsesRequest: { model: `${language}/thinks`, input: 'Hello', reasoning: { effort: 'low' }, stream: false },
    })
    expect(JSON.stringify(thought)).toContain('"type":"reasoning"')
  })
})
