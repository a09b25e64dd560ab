import type { JsonObject } from '../util/json.ts'

/** Marks the end of a prefix that the upstream should cache. Source: contract §2.2. */
export interface CacheControl {
  readonly type: 'ephemeral'
  /** How long the upstream keeps the prefix. The upstream's own default is five minutes. */
  readonly ttl?: '5m' | '1h'
  /** The same for OpenAI, in OpenAI's format, e.g. `12h`. Neither field is translated into the other (contract §2.2). */
  readonly breakpointTtl?: string
}

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly cacheControl?: CacheControl
}

/** `url` is an http(s) address or a data URL. */
export interface ImagePart {
  readonly type: 'image'
  readonly url: string
  readonly detail?: 'auto' | 'low' | 'high' | 'original'
  readonly cacheControl?: CacheControl
}

/** `data` is base64, never an address. `format` is the container, e.g. `wav`. */
export interface AudioPart {
  readonly type: 'audio'
  readonly data: string
  readonly format: string
}

/** `url` is an http(s) address or a data URL. */
export interface VideoPart {
  readonly type: 'video'
  readonly url: string
}

/** A document. `data` is a data URL or an http(s) address; `fileId` names one uploaded before. */
export interface FilePart {
  readonly type: 'file'
  readonly filename?: string
  readonly data?: string
  readonly fileId?: string
  /** What is said of it besides. */
  readonly context?: string
  /** Whether the answer is to name the places that it takes from. */
  readonly citations?: boolean
  readonly cacheControl?: CacheControl
}

/** Texts to answer from, which the answer can cite. A language without such a part is given the words (documentWords). */
export interface DocumentPart {
  readonly type: 'document'
  readonly texts: readonly string[]
  readonly title?: string
  /** Where it was found: it is a result of a search. */
  readonly source?: string
  /** What is said of it besides. */
  readonly context?: string
  readonly citations?: boolean
  readonly cacheControl?: CacheControl
}

/** A part that only one language has. Endpoints that speak another refuse it. */
export interface VendorPart {
  readonly type: 'vendor'
  readonly item: VendorItem
}

export type ContentPart = TextPart | ImagePart | AudioPart | VideoPart | FilePart | DocumentPart | VendorPart

/** Something that only one language has a word for, in that word. It is passed on where the same language is spoken. */
export interface VendorItem {
  /** The language, by the name of its protocol, e.g. `messages`. */
  readonly language: string
  readonly value: JsonObject
}

/** Puts a document into words. */
export function documentWords({ title, source, context, texts }: DocumentPart): string {
  const head = [
    ...(title ? [`Title: ${title}`] : []),
    ...(source ? [`Source: ${source}`] : []),
    ...(context ? [`Context: ${context}`] : []),
  ]
  return ['<document>', ...head, ...(head.length > 0 ? [''] : []), ...texts, '</document>'].join('\n')
}

/** The input modalities of contract §8.A1, as models list them. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'file'
