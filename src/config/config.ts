import type { HedgeSettings } from '../attempts/hedges.ts'
import type { BootstrapKey } from '../auth/bootstrap-key.ts'
import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { DataPolicy } from '../catalog/endpoint.ts'
import type { OutageTimes } from '../health/outage.ts'
import type { UpstreamLanguage } from '../protocols/protocol.ts'
import type { RouterModels } from '../router/resolve/router-models/router-model.ts'
import type { LogOptions } from '../telemetry/logger.ts'
import type { CallTimeouts } from '../upstream/call-deadline.ts'

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
  readonly log: LogOptions
  readonly keys: readonly BootstrapKey[]
  /** Whether providers are offered by their environment variables and local servers by answering. */
  readonly discovery: boolean
  /** Whether `m1` means the one model of that name. */
  readonly bareNames: boolean
  readonly providers: readonly ProviderConfig[]
  readonly models: readonly CatalogEntryOverride[]
  readonly defaultModel: string | null
  readonly routing: RoutingConfig
  /** Upper bounds in milliseconds. */
  readonly timeouts: CallTimeouts & { readonly firstTokenMs: number }
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

/** What the configuration must know of the providers that need none. */
export interface BuiltInProvider {
  readonly slug: string
  /** Environment variables that it reads. */
  readonly variables: readonly string[]
  /** Whether it is a server on this machine. */
  readonly local?: boolean
}

/** How requests find their model and endpoint. */
export interface RoutingConfig extends OutageTimes, RouterModels {
  /** Makes the router's draws repeatable; null draws at random. */
  readonly seed: number | null
  /** How long a session stays with its endpoint when it is idle. */
  readonly stickyTtlMs: number
}

/** What a configuration says about a provider: everything about one of its own, or what differs from a built-in one. */
export interface ProviderConfig {
  readonly slug: string
  readonly name?: string
  /** Always set when the provider is not built in. */
  readonly protocol?: UpstreamLanguage
  /** Always set when the provider is not built in. Without a trailing slash. */
  readonly baseUrl?: string
  /** Whether it is asked for its models. Absent: the built-in local servers are, as far as discovery is on. */
  readonly discover?: boolean
  /** Tried in turn. Empty: the built-in environment variable, if any. */
  readonly apiKeys: readonly string[]
  /** In place of the environment's. */
  readonly variables?: Readonly<Record<string, string>>
  readonly dataPolicy?: DataPolicy
  /** ISO 3166-1 alpha-2 codes. Absent: what the built-in provider says. */
  /** Whether the provider takes `stream_options`. Absent: as is known of it, or found out. */
  readonly streamOptions?: boolean
  readonly datacenters?: readonly string[]
  /** Absent: its calls are never hedged. */
  readonly hedge?: HedgeSettings
}
