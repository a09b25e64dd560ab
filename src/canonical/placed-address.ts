import type { ContentPart } from './content-part.ts'

/** An address in a request, and where it stands there. */
export interface PlacedAddress {
  readonly address: string
  /** What it is to lead to. */
  readonly kind: ContentPart['type']
  /** Where it stands, e.g. `messages[0].content[1]`. */
  readonly path: string
}
