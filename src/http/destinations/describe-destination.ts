import { type Static, Type } from 'typebox'
import { dataRegions } from '../../canonical/data-region.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { filterRulesSchema } from '../../telemetry/broadcast/filter-rules-schema.ts'
import type { DestinationEntry } from '../../telemetry/destinations/destination-entry.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

/** Source: contract §6.20, §8.B. */
export const DestinationSchema = Type.Object(
  {
    id: Type.String(),
    type: Type.String({ description: 'What it is, e.g. `webhook`.' }),
    name: Type.String(),
    enabled: Type.Boolean({ description: 'Whether it is used.' }),
    config: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'The settings of its type, with secrets masked.',
    }),
    sampling_rate: Type.Number({ description: 'The share of the sessions that it gets.' }),
    privacy_mode: Type.Boolean({ description: 'Whether prompts and answers are left out.' }),
    api_key_hashes: orNull(
      Type.Array(Type.String(), { description: 'The hashes of the API keys whose generations it gets; null: all.' }),
    ),
    filter_rules: orNull(filterRulesSchema),
    broadcast_generation_cost: Type.Boolean(),
    broadcast_generation_cost_allocation: Type.Boolean(),
    broadcast_generation_identity: Type.Boolean(),
    broadcast_generation_request_context: Type.Boolean(),
    regions: Type.Array(Type.Enum([...dataRegions]), { description: 'The data regions whose generations it gets.' }),
    workspace_id: Type.String({ description: 'The account.' }),
    created_at: Type.String({ description: 'ISO time.' }),
    updated_at: Type.String({ description: 'ISO time.' }),
  },
  { title: 'ObservabilityDestination', description: 'A service to which the generations of an account are sent.' },
)

export const DestinationReplySchema = Type.Object(
  { data: DestinationSchema },
  { title: 'ObservabilityDestinationReply' },
)

export const encodeDestination = (entry: DestinationEntry): Static<typeof DestinationSchema> => ({
  id: entry.id,
  type: entry.type,
  name: entry.name,
  enabled: entry.enabled,
  config: { ...entry.config },
  sampling_rate: entry.samplingRate,
  privacy_mode: entry.privacyMode,
  api_key_hashes: entry.apiKeyHashes,
  filter_rules: entry.filterRules,
  broadcast_generation_cost: entry.generationCost,
  broadcast_generation_cost_allocation: entry.generationCostAllocation,
  broadcast_generation_identity: entry.generationIdentity,
  broadcast_generation_request_context: entry.generationRequestContext,
  regions: entry.regions,
  workspace_id: entry.account,
  created_at: new Date(entry.createdAt).toISOString(),
  updated_at: new Date(entry.updatedAt).toISOString(),
})

export const idParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The `id` of the destination.',
  schema: Type.String(),
  example: '8c1d7a52-6f8b-4a30-9d0e-51c7b2f0a6de',
}

/**
 * Refuses the id of a destination that the account does not have.
 * @throws GatewayError 404
 */
export function refuseUnknownDestination({ parameters }: Exchange): never {
  throw new GatewayError('not_found', `The account has no destination ${(parameters['id'] ?? '').slice(0, 100)}.`)
}
