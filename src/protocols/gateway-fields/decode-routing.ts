import type { Percentiles, RoutingPreferences } from '../../canonical/routing-preferences.ts'
import type { ProviderPreferences } from './schema/provider-preferences.ts'

export interface RoutedBody {
  readonly route?: 'fallback' | 'sort' | null
  readonly provider?: ProviderPreferences | null
}

const none: RoutingPreferences = {}

/** Decodes the `provider` object and its legacy alias `route` (contract §1.2). */
export function decodeRouting(body: RoutedBody): RoutingPreferences {
  const { provider, route } = body
  if (!provider && !route) return none
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
  }
}

/** Returns a list, or undefined for an empty one: clients that build lists send empty ones where nothing was chosen. */
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

/** Decodes a threshold. A plain number is the threshold of the median. */
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
