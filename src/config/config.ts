import type { HedgeSettings } from '../attempts/hedges.ts'
import type { BootstrapKey } from '../auth/bootstrap-key.ts'
import type { ModerationRule } from '../canonical/moderation.ts'
import type { AccountPlugin } from '../canonical/plugin-request.ts'
import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { DataPolicy } from '../catalog/endpoint.ts'
import type { FreeModelSettings } from '../ledger/free-model-limits.ts'
import type { OutageTimes } from '../health/outage.ts'
import type { ByokFeeSettings } from '../ledger/byok-fees.ts'
import type { Durability } from '../ledger/journal/write-bytes.ts'
import type { Services, UpstreamLanguage } from '../protocols/protocol.ts'
import type { RouterModels } from '../router/resolve/router-models/router-model.ts'
import type { EngineSettings } from '../server-tools/engines/engine.ts'
import type { LogOptions } from '../telemetry/logger.ts'
import type { BroadcastTarget } from '../telemetry/broadcast/broadcaster.ts'
import type { TracingSettings } from '../telemetry/tracing/tracing.ts'
import type { Retention } from '../storage/stores/retention.ts'
import type { CallTimeouts } from '../upstream/call-deadline.ts'

/**
 * The configuration after reading, validation and defaults. It is frozen and complete, and no other part of the program reads the file or
 * the environment.
 */
export interface Config {
  readonly server: {
    readonly host: string
    readonly port: number
    /** The time in milliseconds for which an idle connection of a client stays open. */
    readonly keepAliveMs: number
  }
  readonly storage: {
    /** `sqlite:` with an absolute path, `sqlite::memory:`, or `postgres://`, which may have a password. */
    readonly url: string
    /** The address of the Redis server through which nodes share what they learn, which may have a password; null for a node alone. */
    readonly redisUrl: string | null
    /** The absolute path of the folder of the journal. Null where the database is in memory. */
    readonly journal: string | null
    readonly durability: Durability
    readonly retention: Retention
  }
  readonly secrets: {
    /** The absolute path of the file with the key of this installation. Null for a gateway that keeps nothing on disk. */
    readonly keyFile: string | null
    /** The keys of this installation, in place of the file. The first one encrypts, and all of them decrypt. */
    readonly keys: readonly string[]
  }
  readonly log: LogOptions
  readonly keys: readonly BootstrapKey[]
  /** The settings of accounts, by name. */
  readonly accounts: ReadonlyMap<string, AccountConfig>
  /** Whether providers are offered when their environment variables are set, and local servers when they answer. */
  readonly discovery: boolean
  /** Whether a client may write `m1` for the only model of that name. */
  readonly bareNames: boolean
  readonly providers: readonly ProviderConfig[]
  readonly models: readonly CatalogEntryOverride[]
  readonly defaultModel: string | null
  /** Other names for models, with `*` for any characters, in the order in which they are tried. */
  readonly aliases: ReadonlyMap<string, string>
  readonly routing: RoutingConfig
  /** Upper limits in milliseconds. */
  readonly timeouts: CallTimeouts & { readonly firstTokenMs: number }
  /** What happens when a stream breaks off after it began, unless the request sets it. */
  readonly streamRescue: 'off' | 'continue'
  /** The time in milliseconds until the first SSE comment is sent. */
  readonly keepaliveMs: number
  readonly limits: {
    readonly bodyBytes: number
    readonly jsonDepth: number
    readonly frameBytes: number
    /** The disk that the temporary files of all requests may take together. */
    readonly uploadBytes: number
    /** The number of calls to providers that one request may make in total. */
    readonly callsPerRequest: number
    /** The most memory of the response cache. */
    readonly responseCacheBytes: number
    /** How many requests and tokens a key may use in a minute, where it has no limit of its own. */
    readonly requestsPerMinute: number | null
    readonly tokensPerMinute: number | null
    /** How many requests an account may send to models that cost nothing. */
    readonly freeModels: FreeModelSettings | null
  }
  /** Whether browsers get the console at `/`. */
  readonly console: { readonly enabled: boolean }
  /**
   * The addresses of the private network that a client's URL may name: IP addresses, blocks in CIDR notation, host names, and `*.` with a
   * domain.
   */
  readonly fetch: { readonly allow: readonly string[] }
  /** The search and fetch engines that can be used, in the order in which requests that name none take them. */
  readonly search: readonly EngineSettings[]
  /** The fee for calls with keys that accounts brought for providers. */
  readonly byok: ByokFeeSettings
  readonly moderation: ModerationConfig
  /** Null where the engine is not configured. */
  readonly ocr: { readonly mistral: MistralOcrConfig | null }
  readonly telemetry: TelemetryConfig
  /** Where generations are broadcast to. */
  readonly broadcast: readonly BroadcastTarget[]
  /** The values of the environment variables that built-in providers and engines name. No other variable is kept. */
  readonly environment: Readonly<Record<string, string>>
  /** The absolute path of the directory for files that Waygate creates: `.waygate` in the working directory. */
  readonly dataDirectory: string
  /** The absolute path of the file that was read; null when there is none. */
  readonly file: string | null
  /** Every value with its source, for the operator to read. Secrets are masked. */
  readonly values: readonly ConfigValue[]
}

/** Where a value comes from. The line is that of the file, from 1. */
export type ConfigSource =
  | { readonly from: 'default' | 'command-line' }
  | { readonly from: 'file'; readonly line: number | null }
  | { readonly from: 'environment'; readonly variable: string; readonly line: number | null }

/** A value of the configuration, in the words and units of the file. */
export interface ConfigValue {
  readonly path: string
  readonly value: unknown
  readonly source: ConfigSource
}

/** What the plugin `moderation` flags. */
export interface ModerationConfig {
  readonly builtInRules: boolean
  readonly rules: readonly ModerationRule[]
  readonly onError: 'allow' | 'block'
  /** Null where no service judges. */
  readonly endpoint: {
    /** Without a trailing slash. */
    readonly baseUrl: string
    readonly apiKey: string | null
    readonly model: string
    /** Null: whatever it flags. */
    readonly block: readonly string[] | null
  } | null
}

/** What observers are told of the gateway. */
export interface TelemetryConfig {
  /** Whether `/metrics` is served. */
  readonly metrics: boolean
  /** The key that may read the metrics and nothing else; null where there is none. */
  readonly metricsKey: string | null
  /** Null where no traces are sent. */
  readonly otlp: TracingSettings | null
}

/** The OCR engine of Mistral. */
export interface MistralOcrConfig {
  readonly apiKey: string
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly model: string
  /** Nano-USD. */
  readonly pricePer1000Pages: number
}

/** What applies to all keys of an account. */
export interface AccountConfig {
  readonly plugins: readonly AccountPlugin[]
  /** Whether the input and output of its generations are kept. */
  readonly logContent: boolean
}

/** What the loader must know about the providers that need no configuration. */
export interface BuiltInProvider {
  readonly slug: string
  /** The environment variables that it reads. */
  readonly variables: readonly string[]
  /** Whether it is a server on this machine. */
  readonly local?: boolean
}

/** How the model and the endpoint of a request are found. */
export interface RoutingConfig extends OutageTimes, RouterModels {
  /** The seed that makes the router's random choices repeatable; null means random. */
  readonly seed: number | null
  /** How long a session stays with its endpoint while it is idle. */
  readonly stickyTtlMs: number
}

/** The configuration of a provider: all of it for an operator's own provider, or the differences from a built-in one. */
export interface ProviderConfig {
  readonly slug: string
  readonly name?: string
  /** Always set when the provider is not built in. */
  readonly protocol?: UpstreamLanguage
  /** Always set when the provider is not built in. Without a trailing slash. */
  readonly baseUrl?: string
  /** Whether the list of its models is requested. Absent: true for the built-in local servers, where discovery is on. */
  readonly discover?: boolean
  /** Keys in the order in which they are tried. Empty: the built-in environment variable, if there is one. */
  readonly apiKeys: readonly string[]
  /** Values that replace those of the environment. */
  readonly variables?: Readonly<Record<string, string>>
  readonly dataPolicy?: DataPolicy
  /** Whether the provider accepts `stream_options`. Absent: the built-in provider's value, or the result of the first call. */
  readonly streamOptions?: boolean
  /** ISO 3166-1 alpha-2 codes. Absent: the built-in provider's value. */
  readonly datacenters?: readonly string[]
  /** How it is asked for what is no chat. Absent: as built in, or as the servers of its protocol usually are. */
  readonly services?: Services
  /** Absent: calls to it are never hedged. */
  readonly hedge?: HedgeSettings
}
