import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../simulated-text.ts'
import { type Simulator, startSimulator } from '../../simulator.ts'
import { at, dataFrames, post } from '../../test-client.ts'
import { callSignature, textSignature } from './signature.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const user = { role: 'user', parts: [{ text: 'how are you' }] }
const send = (model: string, body: object, method = 'generateContent') =>
  post(`${simulator.url}/v1beta/models/${model}:${method}`, { contents: [user], ...body })
const refusal = async (model: string, body: object, method?: string): Promise<unknown> => {
  const { status, text } = await send(model, body, method)
  return status === 200 ? 'accepted' : at(JSON.parse(text), 'error', 'message')
}

test('a reply has the shape of Google’s', async () => {
  const { text } = await send('steady', {})
  const words = simulatedText(12)
  expect(JSON.parse(text)).toEqual({
    candidates: [
      {
        content: { role: 'model', parts: [{ text: words, thoughtSignature: textSignature(words) }] },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 12, totalTokenCount: 15 },
    modelVersion: 'steady',
    responseId: expect.any(String),
  })
})

test('a stream has one chunk per word, and ends with the reason and the signature', async () => {
  const { text } = await send('tokens-3', {}, 'streamGenerateContent?alt=sse')
  const frames = dataFrames(text)
  const parts = frames.map((frame) => at(frame, 'candidates', 0, 'content', 'parts', 0, 'text'))
  expect(parts).toEqual(['The', ' river', ' carries', ''])
  expect(frames.map((frame) => at(frame, 'candidates', 0, 'finishReason'))).toEqual([
    undefined,
    undefined,
    undefined,
    'STOP',
  ])
})

const call = { functionCall: { name: 'f', args: { a: 1 } } }
const result = { functionResponse: { name: 'f', response: { output: 'x' } } }
const turn = (role: string, ...parts: readonly object[]) => ({ role, parts })
const signed = { ...call, thoughtSignature: callSignature('f', { a: 1 }) }
const declare = (declaration: object) => ({ tools: [{ functionDeclarations: [declaration] }] })
const json = { generationConfig: { responseMimeType: 'application/json' } }

test.each<[words: string, body: object, model?: string]>([
  ['contents is not specified', { contents: [] }],
  ['valid role', { contents: [turn('assistant', { text: 'a' })] }],
  ['must not be empty', { contents: [turn('user')] }],
  ['alternate', { contents: [user, user] }],
  ["oneof field 'data'", { contents: [turn('user', { text: 'a', inlineData: {} })] }],
  [
    'Unsupported MIME type: image/bmp',
    { contents: [turn('user', { inlineData: { mimeType: 'image/bmp', data: 'aa' } })] },
  ],
  ['Base64', { contents: [turn('user', { inlineData: { mimeType: 'image/png', data: '!' } })] }],
  ['number of function response parts', { contents: [user, turn('model', signed), user] }],
  ['number of function response parts', { contents: [turn('user', result)] }],
  ['comes immediately after', { contents: [turn('model', signed), turn('user', result)] }],
  ['missing a thought_signature', { contents: [user, turn('model', call), turn('user', result)] }],
  ['accepted', { contents: [user, turn('model', call), turn('user', result)] }, 'gemini-2.5-flash'],
  ['accepted', { contents: [user, turn('model', signed, call), turn('user', result, result)] }],
  [
    'Thought signature is not valid',
    { contents: [user, turn('model', { ...call, thoughtSignature: 'x' }), turn('user', result)] },
  ],
  ['Unknown name "max_tokens"', { max_tokens: 3 }],
  ['Unknown name "generation_config.minP"', { generationConfig: { minP: 0.1 } }],
  ['Unknown name "tools.function_declarations.strict"', declare({ name: 'f', strict: true })],
  ['Invalid function name', declare({ name: '1f' })],
  ['A schema with $ref', declare({ name: 'f', parametersJsonSchema: { items: { $ref: '#', description: 'x' } } })],
  ['mutually exclusive', declare({ name: 'f', parameters: {}, parametersJsonSchema: {} })],
  ['is unsupported', { ...json, ...declare({ name: 'f' }) }, 'gemini-2.5-flash'],
  ['accepted', { ...json, ...declare({ name: 'f' }) }],
  ['only one of', { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } } }],
  [
    'not supported for this model',
    { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } },
    'gemini-2.5-pro',
  ],
  ['thinking_level', { generationConfig: { thinkingConfig: { thinkingLevel: 'XHIGH' } } }],
  ['mode is ANY', { toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['f'] } } }],
  ['a name is not declared', { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } } }],
  ['requires a response mime type', { generationConfig: { responseJsonSchema: {} } }],
  ['cannot be combined', { tools: [{ googleSearch: {} }, ...declare({ name: 'f' }).tools] }, 'gemini-2.5-flash'],
  ['include_server_side_tool_invocations', { tools: [{ googleSearch: {} }, ...declare({ name: 'f' }).tools] }],
  ['is unsupported', { ...json, tools: [{ googleSearch: {} }] }, 'gemini-2.5-flash'],
  ['accepted', { ...json, tools: [{ googleSearch: {} }, { urlContext: {} }] }],
  ['excludeDomains', { tools: [{ googleSearch: { excludeDomains: ['a.com'] } }] }],
  ['Unknown name "tools.webSearch"', { tools: [{ webSearch: {} }] }],
  ['at most 5', { generationConfig: { stopSequences: ['1', '2', '3', '4', '5', '6'] } }],
])('%s', async (words, body, model = 'steady') => {
  expect(await refusal(model, body)).toContain(words)
})

test('a stream that is not requested as server-sent events is refused', async () => {
  expect(await refusal('steady', {}, 'streamGenerateContent')).toContain('alt=sse')
})
