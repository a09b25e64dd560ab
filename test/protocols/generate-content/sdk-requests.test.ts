import {
  type GenerateContentParameters,
  FunctionCallingConfigMode,
  GoogleGenAI,
  ServiceTier,
  ThinkingLevel,
} from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

/** Google's own SDK and the gateway must send the same for the same request. The types of the SDK check its side. */
let gateway: ProtocolGateway
let google: GoogleGenAI
beforeAll(async () => {
  gateway = await startProtocolGateway('generate-content', { model: 'gemini-3-pro-preview+steady' })
  google = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: gateway.upstream.url } })
})
afterAll(() => gateway.close())

const png = 'iVBORw0KGgoAAAANSUhEUg=='
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const pdf = 'JVBERi0xLjQK'
const dataUrl = (type: string, data = png): string => `data:${type};base64,${data}`

interface Case {
  readonly ours: object
  readonly theirs: Omit<GenerateContentParameters, 'model'>
}

const cases: Readonly<Record<string, Case>> = {
  'a conversation with tools': {
    ours: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"city":"Oslo"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'Weather.', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      max_tokens: 50,
    },
    theirs: {
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        {
          role: 'model',
          parts: [
            {
              functionCall: { name: 'f', args: { city: 'Oslo' }, id: 'call_1' },
              thoughtSignature: 'skip_thought_signature_validator',
            },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'rain' }, id: 'call_1' } }] },
      ],
      config: {
        maxOutputTokens: 50,
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        tools: [{ functionDeclarations: [{ name: 'f', description: 'Weather.', parametersJsonSchema: schema }] }],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['f'] } },
      },
    },
  },
  'parameters, thoughts and a form': {
    ours: {
      max_tokens: 99,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: 0.25,
      stop: ['a', 'b'],
      logprobs: true,
      top_logprobs: 2,
      reasoning: { effort: 'low' },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    },
    theirs: {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      config: {
        maxOutputTokens: 99,
        temperature: 0.5,
        topP: 0.9,
        topK: 3,
        seed: 7,
        presencePenalty: 0.5,
        frequencyPenalty: 0.25,
        stopSequences: ['a', 'b'],
        responseLogprobs: true,
        logprobs: 2,
        thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW },
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
      },
    },
  },
  media: {
    ours: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image_url', image_url: { url: dataUrl('image/png') } },
            { type: 'file', file: { file_data: dataUrl('application/pdf', pdf) } },
            { type: 'input_audio', input_audio: { data: png, format: 'wav' } },
            { type: 'video_url', video_url: { url: 'https://youtu.be/a' } },
          ],
        },
      ],
    },
    theirs: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'Look.' },
            { inlineData: { mimeType: 'image/png', data: png } },
            { inlineData: { mimeType: 'application/pdf', data: pdf } },
            { inlineData: { mimeType: 'audio/wav', data: png } },
            { fileData: { fileUri: 'https://youtu.be/a' } },
          ],
        },
      ],
    },
  },
}

const model = 'gemini-3-pro-preview+steady'

test.each(Object.entries(cases))('%s', async (_, { ours, theirs }) => {
  gateway.upstream.clearJournal()
  await google.models.generateContent({ model, ...theirs })
  const response = await gateway.chat({ model: 'test/model', ...ours })
  expect(response.status).toBe(200)
  const [sdk, gatewayBody] = gateway.sent()
  expect(gatewayBody).toEqual(sdk)
  const [first, second] = gateway.upstream.journal().map(({ path }) => path.slice(path.indexOf('/models/')))
  expect(second).toBe(first)
})

test('streams are requested at the same address', async () => {
  gateway.upstream.clearJournal()
  const stream = await google.models.generateContentStream({
    model,
    contents: 'hi',
    config: { serviceTier: ServiceTier.FLEX },
  })
  const words = (await Array.fromAsync(stream)).map(({ text }) => text ?? '').join('')
  const read = await gateway.chat({ model: 'test/model', stream: true })
  await read.text()
  const [sdk, ours] = gateway.upstream.journal()
  expect(ours?.path.slice(ours.path.indexOf('/models/'))).toBe(sdk?.path.slice(sdk.path.indexOf('/models/')))
  expect(sdk?.body).toMatchObject({ serviceTier: 'flex' })
  expect(words).toMatch(/^The river/)
})
