import type { ContentPart, TextPart } from '../../canonical/content-part.ts'

/** Puts the name of a message's author before its text, for protocols without a field for the name (contract §2.1). */
export function namedContent<Part extends ContentPart>(message: {
  readonly name?: string
  readonly content: readonly Part[]
}): readonly (Part | TextPart)[] {
  const { name, content } = message
  if (name === undefined) return content
  const [first, ...others] = content
  if (first?.type === 'text') return [{ ...first, text: `${name}: ${first.text}` }, ...others]
  return [{ type: 'text', text: `${name}:` }, ...content]
}
