import type {
  AutoRouterPreferences,
  ParetoRouterPreferences,
  Percentiles,
  RoutingPreferences,
} from '../../canonical/routing-preferences.ts'
import type { Plugin } from './schema/plugin.ts'
import type { ProviderPreferences } from './schema/provider-preferences.ts'

export interface RoutedBody {
  readonly model?: string | null
  readonly models?: readonly string[] | null
  readonly route?: 'fallback' | 'sort' | null
  readonly provider?: ProviderPreferences | null
  readonly plugins?: readonly Plugin[] | null
}

const none: RoutingPreferences = {}

/** `model` first, then `models`, each once (contract §1.1). */
export function decodeModels(body: RoutedBody): readonly string[] {
  if (body.models === undefined || body.models === null) return body.model ? [body.model] : []
  return [...new Set(body.model ? [body.model, ...body.models] : body.models)]
}

/** The `provider` object, its legacy alias `route`, and the plugins of the router models (contract §1.2, §1.3). */
export function decodeRouting(body: RoutedBody): RoutingPreferences {
  const { provider, route, plugins } = body
  if (!provider && !route && !plugins) return none
  const order = listed(provider?.order)
  return {
    order,
    only: listed(provider?.only),
    ignore: listed(provider?.ignore),
    allowFallbacks: provider?.allow_fallbacks ?? undefined,
    requireParameters: provider?.require_parameters ?? undefined,
    dataCollection: provider?.data_collection ?? undefined,
    zdr: provider?.zdr ?? undefined,
    enforceDistillableText: provider?.enforce_distillable_text ?? undefined,
    quantizations: listed(provider?.quantizations),
    sort: order === undefined ? decodeSort(body) : undefined,
    maxPrice: decodeMaxPrice(provider?.max_price),
    preferredMinThroughput: decodeThreshold(provider?.preferred_min_throughput),
    preferredMaxLatency: decodeThreshold(provider?.preferred_max_latency),
    providerOptions: decodeOptions(provider?.options),
    ...decodeRouterPlugins(plugins ?? []),
  }
}

/** Clients that put lists together send empty ones where nothing was chosen. */
const listed = (names: readonly string[] | null | undefined): readonly string[] | undefined =>
  names === null || names?.length === 0 ? undefined : names

function decodeSort({ provider, route }: RoutedBody): RoutingPreferences['sort'] {
  const sort = typeof provider?.sort === 'string' ? { by: provider.sort } : provider?.sort
  const partition = sort?.partition ?? (route === 'sort' ? 'none' : route === 'fallback' ? 'model' : undefined)
  const by = sort?.by ?? undefined
  return by === undefined && partition === undefined ? undefined : { by, partition }
}

function decodeMaxPrice(price: ProviderPreferences['max_price']): RoutingPreferences['maxPrice'] {
  if (!price) return undefined
  const amount = (value: string | number | null | undefined) =>
    value === null || value === undefined ? undefined : Number(value)
  return {
    prompt: amount(price.prompt),
    completion: amount(price.completion),
    request: amount(price.request),
    image: amount(price.image),
    audio: amount(price.audio),
  }
}

/** A plain number is the median's threshold. */
function decodeThreshold(threshold: ProviderPreferences['preferred_min_throughput']): Percentiles | undefined {
  if (threshold === null || threshold === undefined) return undefined
  if (typeof threshold === 'number') return { p50: threshold }
  return {
    p50: threshold.p50 ?? undefined,
    p75: threshold.p75 ?? undefined,
    p90: threshold.p90 ?? undefined,
    p99: threshold.p99 ?? undefined,
  }
}

function decodeOptions(options: ProviderPreferences['options']): RoutingPreferences['providerOptions'] {
  const given = Object.entries(options ?? {}).flatMap(([slug, fields]) =>
    fields === null ? [] : [[slug.toLowerCase(), fields] as const],
  )
  return given.length === 0 ? undefined : new Map(given)
}

/** Of each the first that is switched on. */
function decodeRouterPlugins(
  plugins: readonly Plugin[],
): Pick<RoutingPreferences, 'autoRouter' | 'autoBetaRouter' | 'paretoRouter'> {
  const wanted = plugins.filter(({ enabled }) => enabled !== false)
  const auto = wanted.find((plugin) => plugin.id === 'auto-router')
  const autoBeta = wanted.find((plugin) => plugin.id === 'auto-beta-router')
  const pareto = wanted.find((plugin) => plugin.id === 'pareto-router')
  return {
    autoRouter: auto && { ...decodeAutoRouter(auto), pinModel: auto.pin_model ?? undefined },
    autoBetaRouter: autoBeta && decodeAutoRouter(autoBeta),
    paretoRouter: pareto && decodeParetoRouter(pareto),
  }
}

const decodeAutoRouter = (
  plugin: Extract<Plugin, { id: 'auto-beta-router' | 'auto-router' }>,
): AutoRouterPreferences => ({
  allowedModels: listed(plugin.allowed_models),
  excludedModels: listed(plugin.excluded_models),
  costTier: plugin.cost_tier ?? undefined,
  costQualityTradeoff: plugin.cost_quality_tradeoff ?? undefined,
})

const decodeParetoRouter = (plugin: Extract<Plugin, { id: 'pareto-router' }>): ParetoRouterPreferences => ({
  minCodingScore: plugin.min_coding_score ?? undefined,
  maxPrice: plugin.max_price ?? undefined,
  priceSource: plugin.price_source ?? undefined,
})
