import type { VendorItem } from './content-part.ts'

/** A source that the answer cites. Offsets are UTF-16 indices into the text of the answer. */
export interface UrlCitation {
  readonly type: 'url-citation'
  readonly url: string
  readonly title?: string
  readonly content?: string
  readonly startIndex?: number
  readonly endIndex?: number
  /** The citation as the upstream wrote it, where its language says more. */
  readonly original?: VendorItem
}

/** A place in a document of the request that the answer cites. Only the language of the original can tell the place. */
export interface DocumentCitation {
  readonly type: 'document-citation'
  readonly citedText: string
  readonly original: VendorItem
}

/** A parsed document, which the client sends back so that it need not be parsed again (contract §2.3). */
export interface FileAnnotation {
  readonly type: 'file'
  readonly hash: string
  readonly name: string
  readonly content: readonly unknown[]
}

export type Annotation = UrlCitation | DocumentCitation | FileAnnotation
