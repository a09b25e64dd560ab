import { isAbsolute, join, resolve } from 'node:path'
import type { BootstrapKey } from '../auth/bootstrap-key.ts'
import { nanoUsd } from '../canonical/money.ts'
import type { CatalogEntryEndpoint, CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { DataPolicy } from '../catalog/endpoint.ts'
import type { FreeModelSettings } from '../ledger/free-model-limits.ts'
import type { TracingSettings } from '../telemetry/tracing/tracing.ts'
import { fromWireNames, mapPrices, type PriceList, type Prices } from '../catalog/price-kinds.ts'
import { objectOf } from '../util/json.ts'
import type { Services } from '../protocols/protocol.ts'
import type { AccountConfig, Config, MistralOcrConfig, ModerationConfig, ProviderConfig } from './config.ts'
import { buildBroadcast } from './build-broadcast.ts'
import { buildSearch } from './build-search.ts'
import { defaults } from './defaults.ts'
import type { ConfigFile } from './schema/config-schema.ts'
import { trimEnd } from '../util/trim-end.ts'

type Entry<Section> = NonNullable<Section>
type StorageEntry = Entry<ConfigFile['storage']>
type KeyEntry = Entry<ConfigFile['keys']>[number]
type AccountEntry = Entry<ConfigFile['accounts']>[string]
type ProviderEntry = Entry<ConfigFile['providers']>[string]
type ModelEntry = Entry<ConfigFile['models']>[string]
type EndpointEntry = ModelEntry['endpoints'][number]
type PricingEntry = Entry<EndpointEntry['pricing']>

/** The inputs of a configuration besides the file. */
export interface Surroundings {
  readonly server: { readonly host?: string; readonly port?: number }
  readonly environment: Readonly<Record<string, string>>
  readonly builtInSlugs: ReadonlySet<string>
  readonly workingDirectory: string
  readonly file: string | null
  readonly values: Config['values']
}

/** Fills in the defaults, and converts the units of the file into those of the program. */
export function buildConfig(file: ConfigFile, surroundings: Surroundings): Config {
  const { workingDirectory, builtInSlugs } = surroundings
  const server = { ...defaults.server, ...file.server }
  const timeouts = { ...defaults.timeouts, ...file.timeouts }
  const limits = { ...defaults.limits, ...file.limits }
  const routing = { ...defaults.routing, ...file.routing }
  const telemetry = { ...defaults.telemetry, ...file.telemetry }
  const byok = { ...defaults.byok, ...file.byok }
  return {
    server: {
      host: surroundings.server.host ?? server.host,
      port: surroundings.server.port ?? server.port,
      keepAliveMs: server.keep_alive_ms,
    },
    storage: buildStorage({ ...defaults.storage, ...file.storage }, workingDirectory),
    secrets: {
      keyFile: resolve(workingDirectory, file.secrets?.key_file ?? defaults.secrets.key_file),
      keys: file.secrets?.keys ?? (file.secrets?.key === undefined ? [] : [file.secrets.key]),
    },
    log: { ...defaults.log, ...file.log },
    keys: (file.keys ?? []).map(buildKey),
    accounts: new Map(Object.entries(file.accounts ?? {}).map(([name, entry]) => [name, buildAccount(entry)])),
    discovery: file.discovery ?? defaults.discovery,
    bareNames: file.bare_names ?? defaults.bare_names,
    providers: Object.entries(file.providers ?? {}).map(([slug, entry]) => buildProvider(slug, entry, builtInSlugs)),
    models: Object.entries(file.models ?? {}).map(buildModel),
    defaultModel: file.default_model ?? null,
    aliases: new Map(Object.entries(file.aliases ?? {})),
    routing: {
      seed: routing.seed,
      outageWindowMs: milliseconds(routing.outage_window_s),
      probeIntervalMs: milliseconds(routing.probe_interval_s),
      stickyTtlMs: milliseconds(routing.sticky_ttl_s),
      auto: routing.auto ?? {},
      codingScores: routing.coding_scores ?? {},
    },
    timeouts: {
      connectMs: timeouts.connect_ms,
      firstTokenMs: timeouts.first_token_ms,
      idleMs: timeouts.idle_ms,
      totalMs: timeouts.total_ms,
    },
    streamRescue: file.stream_rescue ?? defaults.stream_rescue,
    keepaliveMs: file.keepalive_ms ?? defaults.keepalive_ms,
    limits: {
      bodyBytes: mebibytes(limits.body_mb),
      jsonDepth: limits.json_depth,
      frameBytes: mebibytes(limits.frame_mb),
      uploadBytes: mebibytes(limits.uploads_mb),
      callsPerRequest: limits.calls_per_request,
      responseCacheBytes: mebibytes(limits.response_cache_mb),
      requestsPerMinute: limits.requests_per_minute,
      tokensPerMinute: limits.tokens_per_minute,
      freeModels: limits.free_models && buildFreeModels(limits.free_models),
    },
    console: { ...defaults.console, ...file.console },
    fetch: { allow: file.fetch?.allow ?? defaults.fetch.allow },
    moderation: buildModeration(file.moderation ?? {}),
    ocr: { mistral: file.ocr?.mistral === undefined ? null : buildMistralOcr(file.ocr.mistral) },
    search: buildSearch(file.search, surroundings.environment, file.discovery ?? defaults.discovery),
    byok: { feePercent: byok.fee_percent, monthlyAllowance: nanoUsd(byok.monthly_allowance) },
    telemetry: {
      metrics: telemetry.metrics,
      metricsKey: telemetry.metrics_key ?? null,
      otlp: telemetry.otlp === undefined ? null : buildOtlp(telemetry.otlp),
    },
    broadcast: (file.broadcast ?? []).map(buildBroadcast),
    environment: surroundings.environment,
    dataDirectory: join(workingDirectory, '.waygate'),
    file: surroundings.file,
    values: surroundings.values,
  }
}

function buildStorage(
  storage: Required<Omit<StorageEntry, 'redis_url'>> & Pick<StorageEntry, 'redis_url'>,
  workingDirectory: string,
): Config['storage'] {
  const { url, redis_url: redisUrl = null, journal, durability, retention_days: days, retention_mb: size } = storage
  const contentDays = storage.content_retention_days
  const retention = { days, bytes: size === null ? null : mebibytes(size), contentDays }
  const common = { redisUrl, durability, retention }
  if (url === 'sqlite::memory:') return { url, journal: null, ...common }
  return { url: absoluteUrl(url, workingDirectory), journal: resolve(workingDirectory, journal), ...common }
}

function absoluteUrl(url: string, workingDirectory: string): string {
  const [, path] = /^sqlite:(.*)$/s.exec(url) ?? []
  return path === undefined || isAbsolute(path) ? url : `sqlite:${resolve(workingDirectory, path)}`
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000)
const mebibytes = (size: number): number => Math.ceil(size * 1024 * 1024)

function buildKey(entry: KeyEntry): BootstrapKey {
  return {
    name: entry.name,
    key: entry.key,
    account: entry.account ?? defaults.account,
    limit: entry.limit ?? null,
    limitReset: entry.limit_reset ?? null,
    includeByokInLimit: entry.include_byok_in_limit ?? false,
    requestsPerMinute: entry.requests_per_minute ?? null,
    tokensPerMinute: entry.tokens_per_minute ?? null,
    management: entry.management ?? false,
    disabled: entry.disabled ?? false,
    expiresAt: entry.expires_at === undefined ? null : Date.parse(entry.expires_at),
  }
}

const buildAccount = ({ plugins, log_content: logContent = false }: AccountEntry): AccountConfig => ({
  logContent,
  plugins: Object.entries(plugins ?? {}).map(([id, entry]) => {
    const { enabled, prevent_overrides: preventOverrides, ...settings } = objectOf(entry) ?? {}
    return { id, enabled: enabled !== false, preventOverrides: preventOverrides === true, settings }
  }),
})

/** The address is that of the collector, to which the path for traces is added, as OpenTelemetry's own variables have it. */
function buildOtlp(entry: Entry<Entry<ConfigFile['telemetry']>['otlp']>): TracingSettings {
  const { endpoint, headers = {}, ...rest } = entry
  const { sampling_rate: samplingRate, propagate, service_name: serviceName } = { ...defaults.otlp, ...rest }
  const address = trimEnd(endpoint, '/')
  const url = address.endsWith('/v1/traces') ? address : `${address}/v1/traces`
  return { url, headers, samplingRate, propagate, serviceName }
}

function buildFreeModels(entry: Entry<Entry<ConfigFile['limits']>['free_models']>): FreeModelSettings {
  const { per_minute: perMinute, per_day: perDay } = { ...defaults.free_models, ...entry }
  return { perMinute, perDay }
}

function buildModeration(entry: Entry<ConfigFile['moderation']>): ModerationConfig {
  const { base_url: baseUrl, api_key: apiKey, block, rules, ...own } = entry
  const settings = { ...defaults.moderation, ...own }
  return {
    builtInRules: settings.built_in_rules,
    rules: rules ?? [],
    onError: settings.on_error,
    endpoint:
      baseUrl === undefined && apiKey === undefined
        ? null
        : {
            baseUrl: trimEnd(baseUrl ?? defaults.moderation.base_url, '/'),
            apiKey: apiKey ?? null,
            model: settings.model,
            block: block ?? null,
          },
  }
}

function buildMistralOcr(entry: Entry<Entry<ConfigFile['ocr']>['mistral']>): MistralOcrConfig {
  const settings = { ...defaults.ocr, ...entry }
  return {
    apiKey: settings.api_key,
    baseUrl: trimEnd(settings.base_url, '/'),
    model: settings.model,
    pricePer1000Pages: nanoUsd(settings.price_per_1000_pages),
  }
}

function buildProvider(slug: string, entry: ProviderEntry, builtInSlugs: ReadonlySet<string>): ProviderConfig {
  return {
    slug,
    name: entry.name,
    protocol: entry.protocol ?? (builtInSlugs.has(slug) ? undefined : defaults.protocol),
    baseUrl: entry.base_url === undefined ? undefined : trimEnd(entry.base_url, '/'),
    discover: entry.discover ?? (builtInSlugs.has(slug) ? undefined : false),
    apiKeys: entry.api_keys ?? (entry.api_key === undefined ? [] : [entry.api_key]),
    variables: entry.variables,
    // A field that is missing is assumed to be the worst.
    dataPolicy: entry.data_policy && {
      training: entry.data_policy.training ?? true,
      retention: readRetention(entry.data_policy.retention),
    },
    streamOptions: entry.stream_options,
    datacenters: entry.datacenters,
    services: entry.services && buildServices(entry.services),
    hedge: entry.hedge && { ...defaults.hedge, ...entry.hedge },
  }
}

function buildServices({
  embeddings,
  rerank,
  images,
  speech,
  transcription,
}: Entry<ProviderEntry['services']>): Services {
  return {
    ...(embeddings !== undefined && { embeddings: [{ language: embeddings }] }),
    ...(rerank !== undefined && { rerank: [{ language: rerank }] }),
    ...(images !== undefined && { images: [{ language: images, ...(images === 'chat' && { mostImages: 1 }) }] }),
    ...(speech !== undefined && { speech: [{ language: speech }] }),
    ...(transcription !== undefined && {
      transcription: [{ language: transcription, ...(transcription === 'mistral' && { streams: true }) }],
    }),
  }
}

function readRetention(text: string | undefined): DataPolicy['retention'] {
  if (text === 'none' || text === 'transient') return text
  return text === undefined ? 'unknown' : `days:${Number(text.slice('days:'.length))}`
}

function buildModel([slug, entry]: readonly [string, ModelEntry]): CatalogEntryOverride {
  return {
    slug,
    name: entry.name,
    family: entry.family,
    created: entry.created,
    contextLength: entry.context_length,
    reasoning: entry.reasoning,
    distillable: entry.distillable,
    aliases: entry.aliases ?? [],
    inputModalities: entry.input_modalities,
    outputModalities: entry.output_modalities,
    extends: entry.extends ?? false,
    endpoints: entry.endpoints.map(buildEndpoint),
  }
}

function buildEndpoint(entry: EndpointEntry): CatalogEntryEndpoint {
  return {
    provider: entry.provider,
    model: entry.model,
    tag: entry.tag,
    tier: entry.tier ?? defaults.tier,
    pricing: buildPricing(entry.pricing ?? {}),
    quantization: entry.quantization,
    contextLength: entry.context_length,
    maxCompletionTokens: entry.max_completion_tokens,
    prefill: entry.prefill,
    deprecated: entry.deprecated,
    operations: entry.operations,
    maxInputs: entry.max_inputs,
    supportedParameters: entry.supported_parameters,
    nativeTools: entry.native_tools,
  }
}

function buildPricing({ overrides, discount = 0, ...written }: PricingEntry): PriceList {
  const discounted = (prices: Prices): Prices => mapPrices(prices, (price) => price * (1 - discount))
  return {
    ...discounted(fromWireNames(written)),
    overrides: overrides?.map(
      ({ min_prompt_tokens: minPromptTokens, utc_start: utcStart, utc_end: utcEnd, ...pricing }) => ({
        minPromptTokens,
        utcStart,
        utcEnd,
        pricing: discounted(fromWireNames(pricing)),
      }),
    ),
  }
}
