import type { Piece } from '../../answer.ts'
import { isObject, type JsonObject } from '../../json.ts'
import type { ContentRequest } from './parse-content-request.ts'
import { callSignature, imageSignature, textSignature } from './signature.ts'

/** Returns the parts of an answer. Each is a chunk of a stream; joined they are the parts of the JSON reply. */
export function answerParts(pieces: readonly Piece[], request: ContentRequest): readonly JsonObject[] {
  let calls = 0
  return pieces.flatMap((piece): readonly JsonObject[] => {
    switch (piece.type) {
      case 'reasoning':
        return request.includeThoughts ? [{ text: piece.text, thought: true }] : []
      case 'text':
        return [{ text: piece.text }]
      case 'tool-call':
        return callParts(piece.name, argumentsOf(pieces, piece.index), calls++ === 0, request.streamArguments)
      case 'image':
        return [imagePart(piece.url.slice(piece.url.indexOf(',') + 1))]
      case 'audio':
        return [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: piece.data } }]
      default:
        return []
    }
  })
}

const imagePart = (data: string): JsonObject => ({
  inlineData: { mimeType: 'image/png', data },
  thoughtSignature: imageSignature(data),
})

/** Returns the last part of a streamed answer, which holds the signature of its text. */
export function textSignaturePart(pieces: readonly Piece[]): JsonObject | null {
  const words = pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
  return words === '' ? null : { text: '', thoughtSignature: textSignature(words) }
}

/** Where several calls come together, only the first has a signature. */
function callParts(name: string, args: JsonObject, isFirst: boolean, streamed: boolean): readonly JsonObject[] {
  const signed = isFirst ? { thoughtSignature: callSignature(name, args) } : {}
  const leaves = streamed ? leavesOf(args, '$') : null
  if (leaves === null) return [{ functionCall: { name, args }, ...signed }]
  return [
    { functionCall: { name, willContinue: true }, ...signed },
    ...leaves.map((leaf) => ({ functionCall: { partialArgs: [leaf], willContinue: true } })),
    { functionCall: {} },
  ]
}

/**
 * Returns streamed arguments as Vertex AI sends them: a string in two pieces, any other value in one. Returns null where the arguments
 * contain an empty list or object, which cannot be sent in this way.
 */
function leavesOf(value: unknown, jsonPath: string): readonly JsonObject[] | null {
  if (typeof value === 'string') {
    return [
      { jsonPath, stringValue: value, willContinue: true },
      { jsonPath, stringValue: '' },
    ]
  }
  if (typeof value === 'number') return [{ jsonPath, numberValue: value }]
  if (typeof value === 'boolean') return [{ jsonPath, boolValue: value }]
  if (value === null) return [{ jsonPath, nullValue: 'NULL_VALUE' }]
  const entries = Array.isArray(value)
    ? value.map((item, index) => leavesOf(item, `${jsonPath}[${index}]`))
    : Object.entries(isObject(value) ? value : {}).map(([key, item]) => leavesOf(item, `${jsonPath}.${key}`))
  const written = entries.filter((leaves) => leaves !== null)
  return written.length === 0 || written.length < entries.length ? null : written.flat()
}

function argumentsOf(pieces: readonly Piece[], index: number): JsonObject {
  const text = pieces
    .map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : ''))
    .join('')
  return JSON.parse(text)
}
