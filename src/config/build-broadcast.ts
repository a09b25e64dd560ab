import { destinations } from '../telemetry/broadcast/_registry.ts'
import type { BroadcastTarget } from '../telemetry/broadcast/broadcaster.ts'
import type { ConfigFile } from './schema/config-schema.ts'
import { fileName } from './schema/broadcast-schema.ts'
import { defaults } from './defaults.ts'

type BroadcastEntry = NonNullable<ConfigFile['broadcast']>[number]

/** Builds a destination. Its settings get the names that its type has for them. */
export function buildBroadcast(entry: BroadcastEntry): BroadcastTarget {
  const { type, name, account = null, api_key_hashes: apiKeyHashes = null, filter_rules: filterRules = null } = entry
  const given = { ...defaults.broadcast, ...entry }
  return {
    id: name,
    name,
    type,
    account,
    enabled: given.enabled,
    samplingRate: given.sampling_rate,
    privacyMode: given.privacy_mode,
    apiKeyHashes,
    filterRules,
    generationCost: entry.broadcast_generation_cost ?? false,
    generationCostAllocation: entry.broadcast_generation_cost_allocation ?? false,
    generationIdentity: entry.broadcast_generation_identity ?? false,
    generationRequestContext: entry.broadcast_generation_request_context ?? false,
    settings: settingsOf(type, entry),
    isConfigured: true,
  }
}

/** Returns the settings that a type has of an entry. */
export function settingsOf(type: string, entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const destination = destinations.find((known) => known.type === type)
  const names = Object.keys(destination?.schema.properties ?? {})
  return Object.fromEntries(
    names.flatMap((name) => (entry[fileName(name)] === undefined ? [] : [[name, entry[fileName(name)]]])),
  )
}
