import { ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../../src/canonical/errors.ts'
import type { Endpoint } from '../../../src/catalog/endpoint.ts'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { converseUpstream } from '../../../src/protocols/converse/upstream.ts'
import type { ChatCompletionsRequest } from '../../../src/protocols/chat-completions/schema/request.ts'
import type { UpstreamRequest } from '../../../src/protocols/protocol.ts'
import { chatRequest } from '../../arbitraries/chat-request.ts'
import { bedrockClient, type OutgoingRequest } from './bedrock-client.ts'

const endpoint = (upstreamModel: string): Endpoint => ({
  id: 'acme/m1@prov-a',
  model: 'acme/m1',
  provider: 'prov-a',
  providerName: 'Prov A',
  tag: 'prov-a',
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

const models = [
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-opus-4-7',
  'amazon.nova-2-lite-v1:0',
  'openai.gpt-oss-120b-1:0',
  'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc',
]

/** The SDK accepts bytes, and writes them as base64. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key === 'bytes' || key === 'redactedContent') && typeof inner === 'string'
        ? Buffer.from(inner, 'base64')
        : withBytes(inner),
    ]),
  )
}

/** JSON documents are the client's own: their keys have no meaning for the SDK. */
async function asSdkSends(modelId: string, body: object): Promise<OutgoingRequest> {
  const sent: OutgoingRequest[] = []
  const client = bedrockClient(async (request) => {
    sent.push(request)
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }
  })
  const input: Omit<ConverseCommandInput, 'modelId'> = Object(withBytes(body))
  await client.send(new ConverseCommand({ modelId, ...input }))
  const [request] = sent
  if (request === undefined) throw new Error('The SDK sent nothing.')
  return request
}

/** The last bits of base64 may have any value; the SDK writes zeros. */
const plainBytes = (key: string, value: unknown): unknown =>
  key === 'bytes' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64') : value

/** Null for requests that are refused: features that are not implemented, URLs, formats that Bedrock does not have. */
function encoded(wire: ChatCompletionsRequest, modelId: string): UpstreamRequest | null {
  try {
    const request = chatCompletionsClient.decodeRequest({ ...wire, stream: false }, {})
    return converseUpstream.openCall(request, endpoint(modelId), {}).upstreamRequest
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'invalid_request') return null
    throw error
  }
}

test('a request is what AWS’s client would have sent, for any that clients send', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(chatRequest, fc.constantFrom(...models), async (wire, modelId) => {
      const ours = encoded(wire, modelId)
      if (ours === null) return
      const theirs = await asSdkSends(modelId, ours.body)
      expect(ours.path).toBe(theirs.path)
      expect(JSON.parse(JSON.stringify(ours.body, plainBytes))).toEqual(JSON.parse(theirs.body))
      compared++
    }),
    { numRuns: 1_000 },
  )
  expect(compared).toBeGreaterThan(150)
})
