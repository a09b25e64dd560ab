import OpenAI, { APIError, RateLimitError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'

let gateway: GatewayOfAll
let client: OpenAI
beforeAll(async () => {
  gateway = await startGatewayOfAll({
    steady: ['steady'],
    thinks: ['reasoning'],
    calls: ['tool-call'],
    cut: ['cut-after-2'],
    busy: ['status-429'],
  })
  client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })
})
afterAll(() => gateway.close())

const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
} satisfies OpenAI.Responses.FunctionTool

/** An answer as the input of the next request; the types of the SDK do not see that it is. */
const asInput = (response: OpenAI.Responses.Response): OpenAI.Responses.ResponseInput =>
  JSON.parse(JSON.stringify(response.output))

/** The ids and the seals of each answer are new. */
const withoutIds = (items: readonly object[]): unknown =>
  JSON.parse(
    JSON.stringify(items, (name, value: unknown) =>
      ['id', 'call_id', 'encrypted_content', 'status', 'parsed', 'parsed_arguments'].includes(name) ? undefined : value,
    ),
  )

describe.each(languageNames)('openai responses in front of %s', (language) => {
  test('a response and its stream say the same', async () => {
    const request = { model: `${language}/steady`, input: 'Hello' }
    const whole = await client.responses.create(request)
    expect(whole).toMatchObject({ object: 'response', status: 'completed', error: null, incomplete_details: null })
    expect(whole.output_text).toContain('river')
    expect(whole.usage?.total_tokens).toBeGreaterThan(0)
    const numbers: number[] = []
    const deltas: string[] = []
    const stream = client.responses.stream(request)
    stream.on('event', (event) => numbers.push(event.sequence_number))
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta))
    const final = await stream.finalResponse()
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(deltas.join('')).toBe(whole.output_text)
    expect(final.status).toBe('completed')
    const texts = (items: readonly { readonly type: string }[]) => items.filter(({ type }) => type === 'message')
    expect(withoutIds(texts(final.output))).toEqual(withoutIds(texts(whole.output)))
    expect(final.usage).toMatchObject({ ...whole.usage, cost: expect.anything() })
  })

  test('thoughts are items, and go back where they came from', async () => {
    const request = { model: `${language}/thinks`, reasoning: { effort: 'medium', summary: 'auto' } } as const
    const input = [{ role: 'user', content: 'Think.' }] satisfies OpenAI.Responses.ResponseInput
    const response = await client.responses.stream({ ...request, input }).finalResponse()
    const kinds = response.output.map(({ type }) => type)
    expect(kinds.indexOf('reasoning')).toBeLessThan(kinds.indexOf('message'))
    const thought = response.output.find((item) => item.type === 'reasoning')
    expect([...(thought?.summary ?? []), ...(thought?.content ?? [])].map(({ text }) => text).join('')).not.toBe('')
    const again = await client.responses.create({
      ...request,
      input: [...input, ...asInput(response), { role: 'user', content: 'And now?' }],
    })
    expect(again.status).toBe('completed')
  })

  test('a function is called, in whole replies and in streams, and its result is read', async () => {
    const request = { model: `${language}/calls`, input: 'Weather?', tools: [weather] }
    const whole = await client.responses.create(request)
    const streamed = await client.responses.stream(request).finalResponse()
    for (const { output, status } of [whole, streamed]) {
      expect(status).toBe('completed')
      const call = output.find((item) => item.type === 'function_call')
      expect(JSON.parse(Object(call).arguments)).toMatchObject({ city: expect.any(String) })
    }
    const call = whole.output.find((item) => item.type === 'function_call')
    const after = await client.responses.create({
      model: `${language}/steady`,
      tools: [weather],
      input: [
        { role: 'user', content: 'Weather?' },
        ...asInput(whole),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'Sunny.' },
      ],
    })
    expect(after.status).toBe('completed')
  })

  test('a tool that takes free text is called on any model', async () => {
    const request = {
      model: `${language}/calls`,
      input: 'Patch it.',
      tools: [{ type: 'custom', name: 'apply_patch', description: 'Applies a patch.' }],
    } satisfies OpenAI.Responses.ResponseCreateParamsNonStreaming
    const whole = await client.responses.create(request)
    const call = whole.output.find((item) => item.type === 'custom_tool_call')
    expect(call).toMatchObject({ name: 'apply_patch', input: expect.any(String) })
    expect(call?.input).not.toBe('')
    const streamed = await client.responses.stream(request).finalResponse()
    expect(withoutIds(streamed.output.filter(({ type }) => type === 'custom_tool_call'))).toEqual(
      withoutIds(whole.output.filter(({ type }) => type === 'custom_tool_call')),
    )
    const after = await client.responses.create({
      ...request,
      model: `${language}/steady`,
      input: [
        { role: 'user', content: 'Patch it.' },
        ...asInput(whole),
        { type: 'custom_tool_call_output', call_id: call?.call_id ?? '', output: 'Done.' },
      ],
    })
    expect(after.status).toBe('completed')
  })

  test('an answer in a schema is parsed', async () => {
    const response = await client.responses.parse({
      model: `${language}/steady`,
      input: 'Hello',
      text: { format: { type: 'json_schema', name: 'place', schema: weather.parameters, strict: true } },
    })
    expect(response.output_parsed).toMatchObject({ city: expect.any(String) })
  })

  test('a stream that is cut ends in an error, never in a response', async () => {
    const request = { model: `${language}/cut`, input: 'Hello' }
    await expect(client.responses.stream(request).finalResponse()).rejects.toThrow(APIError)
    await expect(client.responses.create(request)).rejects.toThrow(APIError)
    const kinds: string[] = []
    const read = async (): Promise<void> => {
      for await (const { type } of await client.responses.create({ ...request, stream: true })) kinds.push(type)
    }
    await expect(read()).rejects.toThrow(APIError)
    expect(kinds).not.toContain('response.completed')
  })

  test('errors have the classes of the SDK', async () => {
    await expect(client.responses.create({ model: `${language}/busy`, input: 'Hello' })).rejects.toThrow(RateLimitError)
  })
})

describe('openai responses: what is kept nowhere is refused', () => {
  const request = { model: 'responses/steady', input: 'Hello' }
  test.each([
    ['store', { store: true }],
    ['background', { background: true }],
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['input[0]', { input: [{ type: 'item_reference', id: 'msg_1' } as const] }],
  ])('%s', async (path, more) => {
    const refused = client.responses.create({ ...request, ...more })
    await expect(refused).rejects.toMatchObject({ status: 400, error: { metadata: { issues: [{ path }] } } })
  })
})
