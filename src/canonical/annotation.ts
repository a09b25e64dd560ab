/** A source that the answer cites. Offsets are UTF-16 indices into the answer's text. */
export interface UrlCitation {
  readonly type: 'url-citation'
  readonly url: string
  readonly title?: string
  readonly content?: string
  readonly startIndex?: number
  readonly endIndex?: number
}

/** A parsed document, echoed by the client to save parsing it again (contract §2.3). */
export interface FileAnnotation {
  readonly type: 'file'
  readonly hash: string
  readonly name: string
  readonly content: readonly unknown[]
}

export type Annotation = UrlCitation | FileAnnotation
