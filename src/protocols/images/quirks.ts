/** How a provider makes images, otherwise than in a chat. */
export interface ImagesService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: ImagesLanguage
  /** The most images of one call; more are several calls. Absent: as many as a request may ask for. */
  readonly mostImages?: number
  /** Whether it streams unfinished images. Otherwise images that are to be streamed come in one piece. */
  readonly streams?: true
  /** What differs between those who speak OpenAI's language. Absent: nothing is known, so all is sent as OpenAI has it. */
  readonly openai?: OpenAiImages
}

/**
 * `fireworks`: the workflows of Fireworks, which make one image a call. `imagen`: Google's Imagen. `chat`: a chat whose answer is an image, in
 * the provider's language of chats.
 */
export type ImagesLanguage = 'openai' | 'fireworks' | 'imagen' | 'chat'

/** The fields of a request that not every vendor has, by their names in the canonical model and on the wire. */
export const optionalFields = {
  quality: 'quality',
  outputFormat: 'output_format',
  background: 'background',
  outputCompression: 'output_compression',
  seed: 'seed',
} as const

export type OptionalField = keyof typeof optionalFields

/** How a vendor is told the size and the shape of an image. */
export type FrameWords =
  /** As `size`, in pixels; one of these sizes, where there are only these. */
  | { readonly type: 'size'; readonly sizes?: readonly string[] }
  /** As `width` and `height`. */
  | { readonly type: 'sides' }
  /** As `aspect_ratio`, one of these, and as `resolution`, one of those. */
  | { readonly type: 'ratio'; readonly ratios: readonly string[]; readonly resolutions?: readonly string[] }

export interface OpenAiImages {
  readonly frame: FrameWords
  /** How Base64 is asked for, where an address would come otherwise. Absent: it comes unasked. */
  readonly base64?: 'b64_json' | 'base64'
  /**
   * How images to start from are sent. `form`: as files to `/images/edits`. `edits`: as addresses or data URLs to `/images/edits`.
   * `image_url`: one, as such a field. Absent: the models take none.
   */
  readonly references?: 'form' | 'edits' | 'image_url'
  readonly fields: readonly OptionalField[]
  /** The values of `quality`. Another one becomes the last of them. Absent: all. */
  readonly qualities?: readonly string[]
}

/** What a server of unknown make is sent: everything in OpenAI's words. */
export const plainOpenAi: OpenAiImages = {
  frame: { type: 'size' },
  base64: 'b64_json',
  references: 'form',
  fields: ['quality', 'outputFormat', 'background', 'outputCompression', 'seed'],
}
