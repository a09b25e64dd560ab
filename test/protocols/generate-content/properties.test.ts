import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/canonical/errors.ts'
import type { Endpoint } from '../../../src/catalog/endpoint.ts'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { generateContentUpstream } from '../../../src/protocols/generate-content/upstream.ts'
import { checkContents } from '../../../src/simulator/protocols/generate-content/check-contents.ts'
import { checkOptions } from '../../../src/simulator/protocols/generate-content/check-options.ts'
import { isObject } from '../../../src/util/json.ts'
import { chatRequest } from '../../arbitraries/chat-request.ts'

const endpoint = (upstreamModel: string): Endpoint => ({
  id: 'google/gemini@prov',
  model: 'google/gemini',
  provider: 'prov',
  providerName: 'Prov',
  tag: 'prov',
  tier: 'default',
  upstreamModel,
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
})

/** Conversations that make no sense, which the simulator and Google refuse. */
const senseless =
  /function response parts|comes immediately after|contents is not specified|must not be empty|MIME type|not declared/

function decoded(body: object) {
  try {
    return chatCompletionsClient.decodeRequest(body, {})
  } catch (error) {
    if (error instanceof GatewayError) return null
    throw error
  }
}

function opened(body: object, model: string) {
  const request = decoded(body)
  if (request === null) return null
  try {
    return generateContentUpstream.openCall(request, endpoint(model), {})
  } catch (error) {
    // A request that Google cannot accept is refused, and the error names the place.
    expect(error).toMatchObject({ kind: 'invalid_request', details: { issues: [{ path: expect.any(String) }] } })
    return null
  }
}

test.each(['gemini-3-pro-preview', 'gemini-2.5-flash'])(
  'whatever a client requests of %s, the rules of the protocol are kept',
  (model) => {
    fc.assert(
      fc.property(chatRequest, (body) => {
        const call = opened(body, model)
        if (call === null) return
        const sent: unknown = JSON.parse(JSON.stringify(call.upstreamRequest.body))
        if (!isObject(sent)) throw new Error('The body is not an object.')
        const isOld = model.startsWith('gemini-2')
        for (const check of [() => checkContents(sent['contents'], !isOld), () => checkOptions(sent, isOld)]) {
          try {
            check()
          } catch (error) {
            if (!senseless.test(String(error))) throw error
          }
        }
      }),
      { numRuns: 600 },
    )
  },
)

const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean())
const part = fc.record(
  {
    text: leaf,
    thought: leaf,
    thoughtSignature: leaf,
    functionCall: fc.oneof(
      leaf,
      fc.record(
        {
          name: leaf,
          id: leaf,
          args: fc.oneof(leaf, fc.object()),
          willContinue: fc.boolean(),
          partialArgs: fc.array(fc.record({ jsonPath: fc.oneof(leaf, fc.constant('$.a')), stringValue: leaf })),
        },
        { requiredKeys: [] },
      ),
    ),
    inlineData: fc.oneof(leaf, fc.record({ mimeType: leaf, data: leaf })),
  },
  { requiredKeys: [] },
)
const chunk = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      candidates: fc.array(
        fc.oneof(
          leaf,
          fc.record(
            {
              content: fc.oneof(leaf, fc.record({ parts: fc.array(fc.oneof(leaf, part)) })),
              finishReason: fc.oneof(leaf, fc.constantFrom('STOP', 'SAFETY', 'MALFORMED_FUNCTION_CALL')),
              groundingMetadata: fc.object(),
              citationMetadata: fc.object(),
              logprobsResult: fc.object(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
      usageMetadata: fc.oneof(leaf, fc.record({ promptTokenCount: leaf, candidatesTokenCount: leaf })),
      promptFeedback: fc.oneof(leaf, fc.record({ blockReason: leaf })),
    },
    { requiredKeys: [] },
  ),
)

test('whatever an upstream sends, a call ends once, with its calls in order', () => {
  fc.assert(
    fc.property(fc.array(chunk), fc.boolean(), (chunks, whole) => {
      const call = opened({ messages: [{ role: 'user', content: 'hi' }] }, 'm')
      if (call === null) throw new Error('A plain request was refused.')
      const { reply } = call
      const frame = (data: unknown) => reply.decodeFrame({ type: 'data', event: null, data: JSON.stringify(data) })
      const all = whole ? reply.decodeResult(chunks[0]) : [...chunks.flatMap(frame), ...reply.decodeEnd()]
      const endings = all.filter(({ type }) => type === 'call-end' || type === 'error')
      expect(endings).toHaveLength(1)
      expect(all.at(-1)).toBe(endings[0])
      const starts = all.filter((event) => event.type === 'tool-call-start')
      expect(starts.map(({ index }) => index)).toEqual(starts.map((_, index) => index))
      expect(new Set(starts.map(({ id }) => id)).size).toBe(starts.length)
    }),
    { numRuns: 300 },
  )
})
