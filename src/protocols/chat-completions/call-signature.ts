import type { AssistantMessage } from '../../canonical/message.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { dummySignature, isOwnDetail } from '../vendors/gemini-signature.ts'

/**
 * Returns the signature that Gemini gives a call, from Google's OpenAI-like form: `extra_content.google.thought_signature`, for Vertex AI
 * under `vertex`. Returns undefined where there is none. Source: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function callSignature(call: JsonObject): string | undefined {
  const extra = objectOf(call['extra_content'])
  if (extra === undefined) return undefined
  return [extra['google'], extra['vertex']]
    .map((vendor) => stringOf(objectOf(vendor)?.['thought_signature']))
    .find((signature) => signature !== undefined && signature !== '')
}

/**
 * Adds the signatures of an earlier turn to the calls they came with. Where no call has one, the first call gets the signature that Google
 * documents for calls of another model: without one the request is refused.
 */
export function withCallSignatures(wire: JsonObject, message: AssistantMessage): JsonObject {
  const calls = arrayOf(wire['tool_calls']).filter(isObject)
  if (calls.length === 0) return wire
  const signatures = new Map<unknown, string>()
  for (const detail of message.reasoningDetails ?? []) {
    if (detail.type === 'encrypted' && isOwnDetail(detail) && detail.id) signatures.set(detail.id, detail.data)
  }
  const signed = calls.map((call) => {
    const signature = signatures.get(call['id'])
    return signature === undefined || callSignature(call) !== undefined ? call : withSignature(call, signature)
  })
  const [first, ...others] = signed
  if (first === undefined || signed.some((call) => callSignature(call) !== undefined)) {
    return { ...wire, tool_calls: signed }
  }
  return { ...wire, tool_calls: [withSignature(first, dummySignature), ...others] }
}

const withSignature = (call: JsonObject, signature: string): JsonObject => ({
  ...call,
  extra_content: { google: { thought_signature: signature } },
})
