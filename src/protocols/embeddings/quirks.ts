/** How a provider embeds. */
export interface EmbeddingsService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: EmbeddingsLanguage
  /** The most inputs of one call. A larger batch is split. Absent: as many as a request may have. */
  readonly maxInputs?: number
  /** What differs between those who speak OpenAI's language. */
  readonly openai?: OpenAiForm
}

export type EmbeddingsLanguage =
  | 'openai'
  | 'google'
  | 'vertex'
  | 'vertex-content'
  | 'cohere'
  | 'voyage-multimodal'
  | 'bedrock-titan'
  | 'bedrock-cohere'

export interface OpenAiForm {
  /** The field of the encoding of vectors; `none` where the upstream only has numbers. Default: `encoding_format`. */
  readonly encodingField?: 'encoding_format' | 'embedding_type' | 'none'
  /** Whether numbers are what it sends where no encoding is named, and `float` is no word for them. */
  readonly namesOnlyBase64?: true
  /** Default: `dimensions`. */
  readonly dimensionsField?: 'dimensions' | 'output_dimension'
  /** Whether it has an object of its own for each kind of input, as Jina has. Absent: the client's go on as they came. */
  readonly inputs?: 'jina'
  /** The field that states what the vectors are for, and its words for the purposes of `purposes.ts`. Absent: it has none. */
  readonly purpose?: {
    readonly field: string
    /** Empty: the words of the client. */
    readonly words: Readonly<Record<string, string>>
    /** What is sent where the client states none, for an upstream that must have one. */
    readonly usual?: string
  }
  /** Whether an end user may be named. Mistral and others refuse fields that they do not have. */
  readonly user?: true
  /** Whether `usage.cost` is what the provider charges, in USD. */
  readonly reportsCost?: true
}
