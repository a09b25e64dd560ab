import type { Operation } from '../canonical/operation.ts'
/** The configuration after reading, checking and filling in defaults: frozen, complete, and the only thing the rest sees. */
export interface Config {
  readonly server: {
    readonly host: string
    readonly port: number
    /** Milliseconds that an idle connection of a client stays open. */
    readonly keepAliveMs: number
  }
  /** `sqlite:` with an absolute path, or `sqlite::memory:`. */
  readonly storage: { readonly url: string }
  /** Absolute: where the key of this installation is kept. Null: nowhere, for a gateway that keeps nothing. */
  readonly secrets: { readonly keyFile: string | null }
  readonly log: LogConfig
  readonly keys: readonly KeyConfig[]
  /** Whether providers are offered by their environment variables and local servers by answering. */
  readonly discovery: boolean
  /** Whether `m1` means the one model of that name. */
  readonly bareNames: boolean
  readonly providers: readonly ProviderConfig[]
  readonly models: readonly ModelConfig[]
  readonly defaultModel: string | null
  readonly routing: RoutingConfig
  readonly timeouts: Timeouts
  /** What happens when a stream breaks off after it began, where the request does not say. */
  readonly streamRescue: 'off' | 'continue'
  /** Milliseconds until the first SSE comment is sent. */
  readonly keepaliveMs: number
  readonly limits: {
    readonly bodyBytes: number
    readonly jsonDepth: number
    readonly frameBytes: number
    /** Calls to providers that one request may make, all in all. */
    readonly callsPerRequest: number
  }
  /**
   * What of the private network may be fetched when a caller names it: IP addresses, blocks in CIDR form, host names, and `*.` with
   * a domain.
   */
  readonly fetch: { readonly allow: readonly string[] }
  /** The environment's values of the variables that built-in providers name, and nothing else of it. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute: the directory for what Waygate makes itself, `.waygate` in the working directory. */
  readonly dataDirectory: string
  /** Absolute path of the file it came from; null when there is none. */
  readonly file: string | null
}

export interface LogConfig {
  /** The least that is written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: 'auto' | 'pretty' | 'json'
}

/** What the configuration must know of the providers that need none. */
export interface BuiltInProvider {
  readonly slug: string
  /** Environment variables that it reads. */
  readonly variables: readonly string[]
  /** Whether it is a server on this machine. */
  readonly local?: boolean
}

export interface RoutingConfig {
  /** Makes the router's draws repeatable; null draws at random. */
  readonly seed: number | null
  /** How long an endpoint counts as failing after it failed. */
  readonly outageWindowMs: number
  /** How often an endpoint that fails is tried all the same. */
  readonly probeIntervalMs: number
  /** How long a session stays with its endpoint when it is idle. */
  readonly stickyTtlMs: number
  /** Model slugs, best first, by task, for `openrouter/auto`. */
  readonly auto: Readonly<Record<string, readonly string[]>>
  /** From 0 to 1 by model slug, for `openrouter/pareto-code`. */
  readonly codingScores: Readonly<Record<string, number>>
}

/** Upper bounds in milliseconds. */
interface Timeouts {
  readonly connectMs: number
  readonly firstTokenMs: number
  readonly idleMs: number
  readonly totalMs: number
}

export interface KeyConfig {
  readonly name: string
  readonly key: string
  readonly account: string
  /** USD; null is none. */
  readonly limit: number | null
  readonly management: boolean
  readonly disabled: boolean
  /** Unix milliseconds. */
  readonly expiresAt: number | null
}

export interface ProviderConfig {
  readonly slug: string
  readonly name?: string
  /** Always set when the provider is not built in. */
  readonly protocol?:
    | 'chat-completions'
    | 'completions'
    | 'responses'
    | 'messages'
    | 'generate-content'
    | 'converse'
    | 'cohere-chat'
  /** Always set when the provider is not built in. Without a trailing slash. */
  readonly baseUrl?: string
  /** Whether it is asked for its models. Always set when the provider is not built in. */
  readonly discover?: boolean
  /** Tried in turn. Empty: the built-in environment variable, if any. */
  readonly apiKeys: readonly string[]
  /** In place of the environment's. */
  readonly variables?: Readonly<Record<string, string>>
  readonly dataPolicy?: {
    readonly training: boolean
    readonly retention: 'none' | 'transient' | 'unknown' | `days:${number}`
  }
  /** ISO 3166-1 alpha-2 codes. Absent: what the built-in provider says. */
  /** Whether the provider takes `stream_options`. Absent: as is known of it, or found out. */
  readonly streamOptions?: boolean
  readonly datacenters?: readonly string[]
  /** Absent: its calls are never hedged. */
  readonly hedge?: HedgeConfig
}

export interface HedgeConfig {
  /** Past which of the endpoint's own percentiles a first token is late. */
  readonly at: 'p50' | 'p75' | 'p90' | 'p95' | 'p99'
  /** Share of the provider's streams that may be hedged, 0 to 1. */
  readonly budget: number
}

/** USD per million tokens; per unit for `request`, `image` and `webSearch`. */
export interface PricesConfig {
  readonly prompt?: number
  readonly completion?: number
  readonly request?: number
  readonly image?: number
  readonly audio?: number
  readonly inputAudioCache?: number
  readonly audioOutput?: number
  readonly imageOutput?: number
  readonly webSearch?: number
  readonly internalReasoning?: number
  readonly inputCacheRead?: number
  readonly inputCacheWrite?: number
  readonly inputCacheWrite1h?: number
}

export interface PricingConfig extends PricesConfig {
  /** Later ones win, price by price, where every condition holds. */
  readonly overrides?: readonly {
    readonly minPromptTokens?: number
    /** UTC times of day as HHMM. */
    readonly utcStart?: number
    readonly utcEnd?: number
    readonly pricing: PricesConfig
  }[]
}

export interface ModelConfig {
  readonly slug: string
  readonly name?: string
  readonly family?: string
  /** ISO date. */
  readonly created?: string
  readonly contextLength?: number
  readonly reasoning?: false | { readonly mandatory?: boolean; readonly efforts?: readonly string[] }
  readonly distillable?: boolean
  readonly aliases: readonly string[]
  readonly inputModalities?: readonly string[]
  readonly outputModalities?: readonly string[]
  /** Adds endpoints to the built-in entry instead of replacing it. */
  readonly extends: boolean
  readonly endpoints: readonly EndpointConfig[]
}

export interface EndpointConfig {
  readonly provider: string
  readonly model: string
  readonly tag?: string
  readonly tier: 'default' | 'priority' | 'flex' | 'ultrafast'
  readonly pricing: PricingConfig
  readonly quantization?: string
  readonly contextLength?: number
  readonly maxCompletionTokens?: number
  readonly prefill?: boolean
  readonly deprecated?: boolean
  readonly operations?: readonly Operation[]
  readonly supportedParameters?: readonly string[]
}
