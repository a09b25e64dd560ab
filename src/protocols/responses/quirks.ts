/** What differs between providers that speak Responses. Everything absent means OpenAI's plain form. */
export interface ResponsesQuirks {
  /** Whether the role `developer` is known; otherwise it is sent as `system`. */
  readonly developerRole?: boolean
  /** The `format` of the reasoning that this provider encrypts, and reads back, where it is not OpenAI's. */
  readonly reasoningFormat?: string
  /** Whether the end of a prefix that is to be cached can be marked, with `prompt_cache_breakpoint`. Default: marks are dropped. */
  readonly cacheControl?: 'breakpoint'
  /** Whether the request's `metadata` is accepted. Default false. */
  readonly metadata?: boolean
  /** The field for the hashed end-user identity; absent: it is not sent. */
  readonly userField?: 'user' | 'safety_identifier'
  /** Whose form the provider's own tools have. Default: OpenAI's. */
  readonly nativeTools?: 'openai' | 'xai'
  /** Whether `service_tier` is understood, and `ultrafast` among its values. Default false. */
  readonly serviceTier?: boolean | 'ultrafast'
  /** Whether the provider fetches http(s) addresses of images and files itself, or of images alone. Default true. */
  readonly fetchesUrls?: boolean | 'images'
}
