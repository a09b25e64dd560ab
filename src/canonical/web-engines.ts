/** How thoroughly to search, in OpenRouter's words (contract §1.3). An engine that lacks a mode takes its nearest one. */
export type SearchMode =
  | 'instant'
  | 'turbo'
  | 'fast'
  | 'basic'
  | 'auto'
  | 'advanced'
  | 'deep-lite'
  | 'deep'
  | 'deep-reasoning'

/** Where the end user roughly is. Values are the client's own. */
export interface UserLocation {
  readonly city?: string
  readonly region?: string
  /** ISO 3166-1 alpha-2. */
  readonly country?: string
  /** An IANA name. */
  readonly timezone?: string
}

/** The web sites that are wanted. An entry is a domain with its subdomains, or a domain and a path with what is below it. */
export interface DomainFilter {
  readonly allowedDomains?: readonly string[]
  readonly excludedDomains?: readonly string[]
}

export interface SearchQuery extends DomainFilter {
  readonly query: string
  readonly maxResults: number
  readonly mode?: SearchMode
  readonly userLocation?: UserLocation
  /** The largest number of characters of content for each result. */
  readonly maxCharacters?: number
}

export interface SearchResult {
  readonly url: string
  /** Not empty. */
  readonly title: string
  /** What the engine shows of the page: a description, excerpts, or its text. It may be empty. */
  readonly content: string
  /** When the page was published, as the engine writes it. */
  readonly publishedAt?: string
}

/** A page that an engine has read. */
export interface ReadPage {
  readonly url: string
  /** Not empty. */
  readonly title: string
  /** Markdown or plain text. */
  readonly content: string
}

/** One HTTP call to an engine. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The JSON body of a `POST`. */
  readonly body?: object
}

/** The limits of a call to an engine, with its repetition. */
export interface EngineLimits {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/** The search and fetch engines of this gateway. Plugins and server tools are given it. */
export interface WebEngines {
  /** The slugs of the engines that can be used, in the order in which `auto` takes them. */
  readonly configured: readonly string[]
  /** Returns the sentence that tells what to set before the engine can do this; null where nothing is missing. */
  missing(engine: string, operation?: 'search' | 'read'): string | null
  /** Returns the most that a search may cost, in nano-USD; 0 where the engine cannot be used. */
  mostSearchFee(engine: string, query: SearchQuery): number
  /** Returns what reading a page costs, in nano-USD; 0 where the engine cannot be used. */
  readFee(engine: string): number
  /**
   * Searches. The results are within the domains of the query, no more than it wants, and no longer. `fee` is what the search costs, in
   * nano-USD.
   * @param engine A slug, or `auto` for the first engine that can be used.
   * @throws EngineFailure; the signal's reason when that aborted.
   */
  search(engine: string, query: SearchQuery, limits: EngineLimits): Promise<SearchAnswer>
  /**
   * Reads a page. The engine fetches it: nothing in the operator's network is reached. `fee` is what it costs, in nano-USD.
   * @throws EngineFailure; the signal's reason when that aborted.
   */
  read(engine: string, url: string, limits: EngineLimits): Promise<ReadAnswer>
}

export interface SearchAnswer {
  /** The slug of the engine that searched. */
  readonly engine: string
  readonly results: readonly SearchResult[]
  readonly fee: number
}

export interface ReadAnswer {
  readonly engine: string
  readonly page: ReadPage
  readonly fee: number
}

/**
 * Why an engine brought nothing: it is not configured, or cannot do this; it refuses the gateway's key; it is asked too often; it cannot be
 * reached, or reports a fault of its own; it is too slow; it refuses the request; its answer is no answer; it cannot read the page.
 */
export type EngineFailureReason =
  | 'not-configured'
  | 'credentials'
  | 'rate-limited'
  | 'unavailable'
  | 'timeout'
  | 'refused'
  | 'unusable'
  | 'no-page'

/** The failure of an engine. `message` is a sentence that names the engine and contains neither its key nor its address. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure'
  readonly reason: EngineFailureReason
  /** The status that the engine answered with, if it did. */
  readonly status: number | undefined

  /** The engine's own words, where the message quotes them. */
  readonly said: string | undefined

  constructor(
    reason: EngineFailureReason,
    message: string,
    options: { readonly status?: number; readonly said?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.reason = reason
    this.status = options.status
    this.said = options.said
  }
}
