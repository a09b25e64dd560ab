import { countWords } from '../../simulated-text.ts'
import { asInteger, asString, type JsonObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest } from '../../parsed-request.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { mediaRequest } from '../media-request.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { defaultDimensions, mostDimensions, vectorOf } from './vector.ts'

/** Something to embed: text, or token ids, as one text. */
export interface Input {
  readonly text: string
  readonly tokens: number
}

interface Embedding {
  readonly model: string
  readonly inputs: readonly Input[]
  readonly dimensions: number | null
  /** Returns the reply. `tokens` is null where no usage is to be reported. */
  readonly reply: (vectors: readonly (readonly number[])[], tokens: number | null) => object
}

/** Defines a language that embeds by the parts that differ. */
export const embedder = (
  language: Pick<Protocol, 'serves' | 'failure' | 'failureHeaders'> & {
    readonly parse: (body: JsonObject, path: string) => Embedding
  },
): Protocol => ({
  ...language,
  framing: sse,
  open(body, path) {
    const { model, inputs, dimensions, reply } = language.parse(body, path)
    if (dimensions !== null && (dimensions < 1 || dimensions > mostDimensions)) {
      throw new InvalidRequest(`The simulator makes vectors of 1 to ${mostDimensions} numbers, not of ${dimensions}.`)
    }
    return {
      request: requestOf(model, inputs),
      whole(answer, settings) {
        const length = dimensions ?? lengthOf(settings)
        const vectors = settings.tokens === 0 ? [] : inputs.map(({ text }) => vectorOf(text, length))
        return reply(vectors, settings.noUsage ? null : answer.usage.prompt)
      },
      frames: () => [],
    }
  },
})

/** `tokens-<n>` sets the length of the vectors that a request leaves open. */
const lengthOf = ({ tokens }: ReplySettings): number =>
  tokens === null ? defaultDimensions : Math.min(tokens, mostDimensions)

/** Makes the request of something whose answer is no text. */
export const requestOf = (model: string, inputs: readonly Input[]): ParsedRequest =>
  mediaRequest({ model, promptTokens: inputs.reduce((sum, { tokens }) => sum + tokens, 0), maxTokens: 0 })

export const textInput = (text: string): Input => ({ text, tokens: countWords(text) })

/** @throws InvalidRequest where the field holds no text. */
export function requiredText(value: unknown, field: string): string {
  const text = asString(value)
  if (text === null || text === '') throw new InvalidRequest(`"${field}" must be a text.`)
  return text
}

/** @throws InvalidRequest where the list is none, is empty, or is too long. */
export function requiredList(value: unknown, field: string, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new InvalidRequest(`"${field}" must be a list with items.`)
  if (value.length > most) throw new InvalidRequest(`"${field}" may have at most ${most} items, not ${value.length}.`)
  return value
}

/** Returns a length of vectors; null where none is named. */
export function dimensionsOf(value: unknown, field: string): number | null {
  if (value === undefined || value === null) return null
  const dimensions = asInteger(value)
  if (dimensions === null) throw new InvalidRequest(`"${field}" must be a whole number.`)
  return dimensions
}
