import type { AssistantMessage } from '../../canonical/message.ts'
import type { ToolCall } from '../../canonical/tool.ts'
import { type JsonObject } from '../../util/json.ts'
import { namedContent } from '../vendors/named-content.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { encodePart, type PartPlace } from './encode-part.ts'
import { dummySignature, imageSignatureId, isImageSignatureId, isOwnDetail } from '../vendors/gemini-signature.ts'
import { toolInput } from '../vendors/tool-input.ts'

export interface AssistantPlace extends PartPlace {
  readonly names: ToolNames
  /** Whether the model refuses calls without a signature: all models since Gemini 3. */
  readonly wantsSignatures: boolean
}

/**
 * Encodes an earlier answer: its thoughts, its text, its calls. Signatures return to the parts they came with: a call's by its id, an
 * image's by its number, any other to the last text.
 */
export function encodeAssistant(message: AssistantMessage, place: AssistantPlace): readonly JsonObject[] {
  const signatures = ownSignatures(message)
  const thoughts = (message.reasoningDetails ?? []).flatMap((detail): readonly JsonObject[] =>
    detail.type === 'text' && isOwnDetail(detail) && detail.text
      ? [{ text: detail.text, thought: true, ...signed(detail.signature) }]
      : [],
  )
  const said = [...encodeSaid(message, place, signatures), ...(message.refusal ? [{ text: message.refusal }] : [])]
  const calls = message.toolCalls.map((call) => ({
    functionCall: encodeCall(call, place),
    ...signed(signatures.get(call.id)),
  }))
  // A turn of thoughts alone is not sent.
  if (said.length === 0 && calls.length === 0) return []
  return withSignature([...thoughts, ...said], calls, signatures.get(wordsKey), place)
}

/** The key for the signature of the text, of which only the last counts. It is not a valid id. */
const wordsKey = ''

function ownSignatures(message: AssistantMessage): ReadonlyMap<string, string> {
  const known = new Set(message.toolCalls.map(({ id }) => id))
  const signatures = new Map<string, string>()
  for (const detail of message.reasoningDetails ?? []) {
    if (detail.type !== 'encrypted' || !isOwnDetail(detail)) continue
    const id = detail.id ?? wordsKey
    signatures.set(known.has(id) || isImageSignatureId(id) ? id : wordsKey, detail.data)
  }
  return signatures
}

function encodeSaid(
  message: AssistantMessage,
  place: PartPlace,
  signatures: ReadonlyMap<string, string>,
): readonly JsonObject[] {
  let images = 0
  return namedContent(message).flatMap((part, index) => {
    const encoded = encodePart(part, { ...place, path: `${place.path}[${index}]` })
    if (encoded === null) return []
    const signature = part.type === 'image' ? signatures.get(imageSignatureId(images++)) : undefined
    return [{ ...encoded, ...signed(signature) }]
  })
}

/** Puts the signature of the text on its last part. A signature whose call or text is missing goes to the part that is there instead. */
function withSignature(
  words: readonly JsonObject[],
  calls: readonly JsonObject[],
  signature: string | undefined,
  place: AssistantPlace,
): readonly JsonObject[] {
  if (signature === undefined) return [...words, ...acceptable(calls, place)]
  const last = words.findLastIndex((part) => 'text' in part && !('thought' in part))
  if (last >= 0) return [...words.with(last, { ...words[last], ...signed(signature) }), ...acceptable(calls, place)]
  const [first, ...others] = calls
  if (first === undefined || calls.some(isSigned)) return [...words, { text: '', ...signed(signature) }, ...calls]
  return [...words, { ...first, ...signed(signature) }, ...others]
}

/**
 * Returns the calls of an earlier turn in a form that the model accepts. Where no Gemini signed them, the first gets a dummy signature:
 * without one Gemini 3 refuses the request (https://ai.google.dev/gemini-api/docs/thought-signatures, FAQ).
 */
function acceptable(calls: readonly JsonObject[], { wantsSignatures }: AssistantPlace): readonly JsonObject[] {
  const [first, ...others] = calls
  if (first === undefined || !wantsSignatures || calls.some(isSigned)) return calls
  return [{ ...first, ...signed(dummySignature) }, ...others]
}

const isSigned = (part: JsonObject): boolean => 'thoughtSignature' in part

const signed = (signature: string | null | undefined): JsonObject => (signature ? { thoughtSignature: signature } : {})

function encodeCall(call: ToolCall, { names, quirks }: AssistantPlace): JsonObject {
  return {
    name: names.toWire(call.name),
    args: toolInput(call.arguments),
    // Version v1 of Vertex AI has no ids: it pairs calls and results by their order.
    ...(quirks.host !== 'vertex' && { id: call.id }),
  }
}
