/** A source that the answer cites. Offsets are UTF-16 indices into the text of the answer. */
export interface UrlCitation {
  readonly type: 'url-citation'
  readonly url: string
  readonly title?: string
  readonly content?: string
  readonly startIndex?: number
  readonly endIndex?: number
}

/** A parsed document, which the client sends back so that it need not be parsed again (contract §2.3). */
export interface FileAnnotation {
  readonly type: 'file'
  readonly hash: string
  readonly name: string
  readonly content: readonly unknown[]
}

export type Annotation = UrlCitation | FileAnnotation
