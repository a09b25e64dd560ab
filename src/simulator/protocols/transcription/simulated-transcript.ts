import type { Answer } from '../../answer.ts'
import type { JsonObject } from '../../json.ts'
import { asArray, asInteger, asString, isObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest } from '../../parsed-request.ts'
import { mediaRequest } from '../media-request.ts'

/** Audio is taken for 16 bits at 16 kHz, whatever it is. */
const bytesPerSecond = 32_000

/** A transcript: its words, evenly spaced over the length of the audio. */
export interface Transcript {
  readonly text: string
  /** Seconds. */
  readonly duration: number
  readonly words: readonly { readonly word: string; readonly start: number; readonly end: number }[]
}

/** Parses the fields that the forms for transcription share. */
export function parseTranscription(
  body: JsonObject,
  modelField: string,
): { readonly request: ParsedRequest; readonly duration: number } {
  const model = asString(body[modelField])
  if (model === null || model === '') throw new InvalidRequest(`"${modelField}" must be a string: the id of a model.`)
  const { file } = body
  if (!isObject(file)) throw new InvalidRequest('"file" must be a file.')
  const bytes = asInteger(file['bytes']) ?? 0
  if (bytes === 0) throw new InvalidRequest('"file" must not be empty.')
  const duration = Math.max(1, Math.ceil(bytes / bytesPerSecond))
  const stream = body['stream'] === 'true' || body['stream'] === true
  return { request: mediaRequest({ model, promptTokens: duration * 10, stream }), duration }
}

/** Returns the words of an answer, each with the space before it. */
export const piecesOf = ({ choices }: Answer): readonly string[] =>
  choices.flatMap(({ pieces }) => pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])))

/** Makes a transcript of the text of an answer. */
export function transcriptOf(answer: Answer, duration: number): Transcript {
  const texts = piecesOf(answer)
  const step = duration / Math.max(1, texts.length)
  const at = (index: number): number => Math.round(index * step * 100) / 100
  return {
    text: texts.join(''),
    duration,
    words: texts.map((word, index) => ({ word: word.trim(), start: at(index), end: at(index + 1) })),
  }
}

/** Returns the values of a field that may occur several times in a form. */
export const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? asArray(value) : [value])
