export type RerankLanguage = 'jina' | 'cohere' | 'voyage' | 'tei'

/** How a provider ranks documents. */
export interface RerankService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  /** `jina` is also the language of vLLM, llama.cpp, Together and others. `tei` is that of Text Embeddings Inference. */
  readonly language: RerankLanguage
  /** Default: `/rerank`. `{model}` is replaced by the upstream's id of the model. */
  readonly path?: string
}
