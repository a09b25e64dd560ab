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
  readonly cacheControl?: CacheControl
}

export type ContentPart = TextPart | ImagePart | AudioPart | VideoPart | FilePart

/** The input modalities of contract §8.A1, as models list them. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'file'
