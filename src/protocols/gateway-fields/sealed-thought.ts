import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { isObject, parseJson, stringOf } from '../../util/json.ts'

/** What a vendor says of a thought beside its words, by which the thought finds its way back to that vendor. */
export interface SealedThought {
  readonly id?: string | null
  readonly format?: string | null
  /** What its words are. Null: it has none. */
  readonly words: 'text' | 'summary' | null
  readonly signature?: string | null
  /** What is encrypted. */
  readonly data?: string
}

/** No vendor's own has a dot in it. */
const prefix = 'waygate.'

/**
 * Writes what belongs to a thought of another vendor than that of the language into the one field that the language has for what clients
 * may not change: a signature, or what is encrypted.
 */
export const sealThought = (thought: SealedThought): string =>
  prefix + Buffer.from(JSON.stringify(thought)).toString('base64url')

/** Tells whether a signature, or what is encrypted, was written here. */
export const isSealed = (text: string): boolean => text.startsWith(prefix)

/** Reads a thought back as the details that it was made of; none where it was not written here, or was changed. */
export function openThought(sealed: string, words: string): readonly ReasoningDetail[] {
  const thought = isSealed(sealed) ? parseJson(Buffer.from(sealed.slice(prefix.length), 'base64url').toString()) : null
  if (!isObject(thought)) return []
  const common = { id: stringOf(thought['id']) ?? null, format: stringOf(thought['format']) ?? null }
  const signature = stringOf(thought['signature'])
  const data = stringOf(thought['data'])
  return [
    ...(thought['words'] === 'summary' ? [{ ...common, type: 'summary', summary: words } as const] : []),
    ...(thought['words'] === 'text'
      ? [{ ...common, type: 'text', text: words, ...(signature !== undefined && { signature }) } as const]
      : []),
    ...(data === undefined ? [] : [{ ...common, type: 'encrypted', data } as const]),
  ]
}
