import { type Static, Type } from 'typebox'
import { dataRegions } from '../../canonical/data-region.ts'
import type { Issue } from '../../canonical/errors.ts'
import type { Principal } from '../../canonical/principal.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { filterRulesSchema } from '../../telemetry/broadcast/filter-rules-schema.ts'
import type { DestinationOptions } from '../../telemetry/destinations/destination-options.ts'
import type { DestinationUpdate } from '../../telemetry/destinations/open-destinations.ts'
import { nullish } from '../../util/nullish.ts'
import { search } from '../../util/pattern.ts'
import { refuseOtherWorkspace } from './refuse-other-workspace.ts'

const flag = (description: string) => nullish(Type.Boolean({ description }))

const name = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Its name. No other destination of the account may have it.',
})
const config = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  description:
    'The settings of its type: those of docs/configuration.md, with names such as `bucketName`. They are encrypted, and their secrets are never shown.',
})

const settings = {
  enabled: flag('Whether it is used. Default: true.'),
  sampling_rate: nullish(
    Type.Number({
      minimum: 0.0001,
      maximum: 1,
      description: 'The share of the sessions that it gets. A session is sent whole or not at all. Default: 1.',
    }),
  ),
  privacy_mode: flag('Whether prompts and answers are left out. Default: false.'),
  api_key_hashes: nullish(
    Type.Array(
      Type.String({ pattern: '^[a-f0-9]{64}$', 'x-expects': 'the hash of an API key: 64 digits of 0-9 and a-f' }),
      {
        minItems: 1,
        maxItems: 100,
        description: 'The hashes of the API keys whose generations it gets. Null: all keys of the account.',
      },
    ),
  ),
  filter_rules: nullish(filterRulesSchema),
  broadcast_generation_cost: flag('Whether it gets more about cost and billing.'),
  broadcast_generation_cost_allocation: flag('Whether it gets whom the cost belongs to.'),
  broadcast_generation_identity: flag('Whether it gets the account and the hash of the key.'),
  broadcast_generation_request_context: flag('Whether it gets the app and the headers that name it.'),
  regions: nullish(
    Type.Array(Type.Enum([...dataRegions, 'eu']), {
      minItems: 1,
      maxItems: 4,
      description:
        'The data regions whose generations it gets; `eu` is `europe`. Those of this gateway belong to `global`. Default: `["global"]`.',
    }),
  ),
}

/** Unknown fields of the body are allowed and have no effect (contract §0.3); those of `config` are refused by its type. */
export const CreateDestinationSchema = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'What it is, e.g. `webhook`. docs/telemetry.md lists the types.',
    }),
    name,
    config,
    ...settings,
    workspace_id: nullish(Type.String({ maxLength: 200, description: 'Only the account itself, by its name.' })),
  },
  { title: 'CreateObservabilityDestinationRequest' },
)

export const UpdateDestinationSchema = Type.Object(
  { name: nullish(name), config: nullish(config), ...settings },
  { title: 'UpdateObservabilityDestinationRequest' },
)

/** Names are printed on terminals, so control characters are refused. */
const refuseControls = ({ name }: { readonly name?: string | null }): readonly Issue[] =>
  search(/\p{Cc}/u, name ?? '') === null ? [] : [{ path: 'name', message: 'must hold no control characters' }]

const readCreation = requestValidator(CreateDestinationSchema, refuseControls)
const readChange = requestValidator(UpdateDestinationSchema, refuseControls)

/** Reads what a new destination is to be. @throws GatewayError 400 */
export function readNewDestination(body: unknown, { account }: Pick<Principal, 'account'>) {
  const { type, name, config, workspace_id: workspace, ...rest } = readCreation(body)
  refuseOtherWorkspace(workspace ?? null, account)
  return { type, name, config, ...updateOf(rest) }
}

/** Reads a change of a destination. @throws GatewayError 400 */
export function readDestinationChange(body: unknown): DestinationUpdate {
  const { name, config, ...rest } = readChange(body)
  return { ...(isSet(name) && { name }), ...(isSet(config) && { config }), ...updateOf(rest) }
}

/** Null clears what may be null, and leaves any other field as it is. */
function updateOf(
  body: Omit<Static<typeof UpdateDestinationSchema>, 'name' | 'config'>,
): Partial<DestinationOptions> & Pick<DestinationUpdate, 'enabled'> {
  const { enabled, sampling_rate: samplingRate, privacy_mode: privacyMode, regions } = body
  const { api_key_hashes: apiKeyHashes, filter_rules: filterRules } = body
  const { broadcast_generation_cost: cost, broadcast_generation_cost_allocation: allocation } = body
  const { broadcast_generation_identity: identity, broadcast_generation_request_context: context } = body
  return {
    ...(isSet(enabled) && { enabled }),
    ...(isSet(samplingRate) && { samplingRate }),
    ...(isSet(privacyMode) && { privacyMode }),
    ...(apiKeyHashes !== undefined && { apiKeyHashes }),
    ...(filterRules !== undefined && { filterRules }),
    ...(isSet(cost) && { generationCost: cost }),
    ...(isSet(allocation) && { generationCostAllocation: allocation }),
    ...(isSet(identity) && { generationIdentity: identity }),
    ...(isSet(context) && { generationRequestContext: context }),
    ...(isSet(regions) && {
      regions: [...new Set(regions.map((region) => (region === 'eu' ? ('europe' as const) : region)))],
    }),
  }
}

const isSet = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined
