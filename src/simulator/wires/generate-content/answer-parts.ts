import type { Piece } from '../../answer.ts'
import { isObject, type JsonObject } from '../../json.ts'
import type { ContentAsk } from './content-ask.ts'
import { callSignature, imageSignature, wordsSignature } from './signature.ts'

/** The parts of an answer, each a chunk of a stream. Joined they are the parts of the whole. */
export function answerParts(pieces: readonly Piece[], ask: ContentAsk): readonly JsonObject[] {
  let calls = 0
  return pieces.flatMap((piece): readonly JsonObject[] => {
    switch (piece.type) {
      case 'reasoning':
        return ask.includeThoughts ? [{ text: piece.text, thought: true }] : []
      case 'text':
        return [{ text: piece.text }]
      case 'tool-call':
        return callParts(piece.name, argumentsOf(pieces, piece.index), calls++ === 0, ask.streamArguments)
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

/** What signs the words of an answer stands in a last part of its own, where the answer streams. */
export function wordsSigned(pieces: readonly Piece[]): JsonObject | null {
  const words = pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
  return words === '' ? null : { text: '', thoughtSignature: wordsSignature(words) }
}

/** Of calls at once only the first is signed. */
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

/** As Vertex AI tells them: a text in two pieces, anything else in one. Null where an empty list or object cannot be told. */
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
  const told = entries.filter((leaves) => leaves !== null)
  return told.length === 0 || told.length < entries.length ? null : told.flat()
}

function argumentsOf(pieces: readonly Piece[], index: number): JsonObject {
  const text = pieces
    .map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : ''))
    .join('')
  return JSON.parse(text)
}
