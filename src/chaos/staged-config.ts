import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { Model } from '../catalog/model.ts'
import { mapPrices, picoPerUsd } from '../catalog/price-kinds.ts'
import type { Config, ProviderConfig } from '../config/config.ts'
import type { Limits } from './fault.ts'
import type { Shape } from './shape.ts'

/** The key of the client. It exists only in the gateway that is played with. */
export const clientKey = 'sk-or-v1-chaos-client-of-the-staged-gateway'

/** The upper limits of times and frames, so that every fault is over in seconds. */
export const most = {
  connectMs: 2_000,
  firstTokenMs: 2_000,
  idleMs: 1_000,
  totalMs: 15_000,
  outageMs: 3_000,
  probeMs: 400,
  frameBytes: 1024 * 1024,
} as const

/**
 * Returns the configuration that is played with: the models, routing and rescue of the real one, with simulated providers at the addresses
 * of `addressOf`, invented keys, shorter limits, and nothing on disk. Nothing in it leads outside.
 */
export function stagedConfig(config: Config, shape: Shape, addressOf: (provider: string) => string): Config {
  const { routing, timeouts } = config
  const slugs = [...new Set(shape.endpoints.map(({ provider }) => provider))]
  return {
    ...config,
    server: { ...config.server, host: '127.0.0.1', port: 0 },
    storage: { ...config.storage, url: 'sqlite::memory:', redisUrl: null, journal: null },
    secrets: { keyFile: null, keys: [] },
    log: { level: 'silent', format: 'json' },
    keys: [
      {
        name: 'chaos',
        key: clientKey,
        account: 'default',
        limit: null,
        limitReset: null,
        includeByokInLimit: false,
        requestsPerMinute: null,
        tokensPerMinute: null,
        management: false,
        disabled: false,
        expiresAt: null,
      },
    ],
    // Plugins and engines call services of others.
    accounts: new Map(),
    search: [],
    moderation: { ...config.moderation, endpoint: null },
    ocr: { mistral: null },
    environment: {},
    discovery: false,
    providers: slugs.map((slug) => stagedProvider(slug, config, shape, addressOf(slug))),
    models: shape.models.map(entryOf),
    defaultModel: null,
    routing: {
      ...routing,
      auto: {},
      codingScores: {},
      outageWindowMs: Math.min(routing.outageWindowMs, most.outageMs),
      probeIntervalMs: Math.min(routing.probeIntervalMs, most.probeMs),
    },
    timeouts: {
      connectMs: Math.min(timeouts.connectMs, most.connectMs),
      firstTokenMs: Math.min(timeouts.firstTokenMs, most.firstTokenMs),
      idleMs: Math.min(timeouts.idleMs, most.idleMs),
      totalMs: Math.min(timeouts.totalMs, most.totalMs),
    },
    limits: {
      ...config.limits,
      frameBytes: Math.min(config.limits.frameBytes, most.frameBytes),
      requestsPerMinute: null,
      tokensPerMinute: null,
      freeModels: null,
    },
  }
}

/** Returns the limits of a staged configuration that faults need to know. */
export const limitsOf = ({ timeouts, routing }: Config): Limits => ({
  firstTokenMs: timeouts.firstTokenMs,
  idleMs: timeouts.idleMs,
  probeIntervalMs: routing.probeIntervalMs,
})

function stagedProvider(slug: string, config: Config, { endpoints }: Shape, baseUrl: string): ProviderConfig {
  const keys = endpoints.find(({ provider }) => provider === slug)?.keys ?? 1
  return {
    ...config.providers.find((provider) => provider.slug === slug),
    slug,
    baseUrl,
    discover: false,
    variables: {},
    // Texts that look like a part of a key are left out of error messages, so no name of a provider is in them.
    apiKeys: Array.from({ length: keys }, (_, index) => `sk-chaos-${String(index).padStart(16, '0')}`),
  }
}

/** Writes a model of the catalogue as an entry of a configuration, which replaces the built-in one. */
const entryOf = ({ endpoints, reasoning, ...model }: Model): CatalogEntryOverride => ({
  slug: model.slug,
  name: model.name,
  contextLength: model.contextLength ?? undefined,
  inputModalities: model.inputModalities,
  outputModalities: model.outputModalities,
  reasoning:
    reasoning === null ? false : { mandatory: reasoning.mandatory, efforts: reasoning.supportedEfforts ?? undefined },
  distillable: model.distillable,
  aliases: [],
  extends: false,
  endpoints: endpoints.map(({ pricing: { overrides: _, ...prices }, ...endpoint }) => ({
    provider: endpoint.provider,
    model: endpoint.upstreamModel,
    tag: endpoint.tag,
    tier: endpoint.tier,
    pricing: mapPrices(prices, (pico, kind) => pico / picoPerUsd(kind)),
    quantization: endpoint.quantization ?? undefined,
    contextLength: endpoint.contextLength ?? undefined,
    maxCompletionTokens: endpoint.maxCompletionTokens ?? undefined,
    prefill: endpoint.prefill,
    deprecated: endpoint.deprecated,
    operations: endpoint.operations,
    supportedParameters: endpoint.supportedParameters === null ? undefined : [...endpoint.supportedParameters],
  })),
})
