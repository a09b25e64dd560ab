/** A fee for what the gateway did besides calling a model: a search, a page that was read, a document that was parsed. */
export interface Fee {
  /** The plugin or server tool that caused it, e.g. `web` or `openrouter:web_search`. */
  readonly source: string
  /** The engine that did the work, e.g. `exa`. */
  readonly engine: string
  /** What was done: each unit is one search, one page read or one document page parsed. */
  readonly unit: 'search' | 'fetch' | 'parsed-page'
  readonly units: number
  /** The number of results of a search; absent for other units. */
  readonly results?: number
  /** Nano-USD; 0 for what is free. */
  readonly amount: number
}
