import { type Static, Type } from 'typebox'
import type { ByokEntry } from '../../auth/byok-entry.ts'
import { dataRegions } from '../../canonical/data-region.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const list = (description: string) => orNull(Type.Array(Type.String(), { description }))

/** Source: contract §6.17, §8.B. */
export const ByokKeySchema = Type.Object(
  {
    id: Type.String(),
    provider: Type.String({ description: 'The slug of the provider.' }),
    label: Type.String({ description: 'The key, with its middle left out. The key itself is never shown.' }),
    name: orNull(Type.String()),
    disabled: Type.Boolean(),
    is_fallback: Type.Boolean({ description: 'Whether it is used only after the gateway’s own credentials.' }),
    is_required: Type.Boolean({
      description: 'Whether the gateway’s own credentials for the provider are not used for the models of this key.',
    }),
    is_byok_only: Type.Boolean({
      description: 'Whether the gateway’s own credentials for the provider are not used for any model.',
    }),
    declared_zdr: orNull(
      Type.Boolean({
        description:
          'Whether requests with `zdr` may use this key: what the account declares of it. Null: what is known of the provider decides.',
      }),
    ),
    declared_region: orNull(Type.Enum([...dataRegions])),
    allowed_models: list('The slugs of the models that it is used for; null: all.'),
    allowed_api_key_hashes: list('The hashes of the API keys that may use it; null: all keys of the account.'),
    allowed_user_ids: list('The members of the account whose API keys may use it; null: all.'),
    sort_order: Type.Integer({ description: 'The keys for one provider are tried in ascending order.' }),
    workspace_id: orNull(Type.String({ description: 'Always null: the key is for the whole account.' })),
    created_at: Type.String({ description: 'ISO time.' }),
  },
  { title: 'ByokKey', description: 'A key that the account brought for a provider.' },
)

export const ByokKeyReplySchema = Type.Object({ data: ByokKeySchema }, { title: 'ByokKeyReply' })

export const encodeByokKey = (entry: ByokEntry): Static<typeof ByokKeySchema> => ({
  id: entry.id,
  provider: entry.provider,
  label: entry.label,
  name: entry.name,
  disabled: entry.disabled,
  is_fallback: entry.isFallback,
  is_required: entry.isRequired,
  is_byok_only: entry.isByokOnly,
  declared_zdr: entry.declaredZdr,
  declared_region: entry.declaredRegion,
  allowed_models: copy(entry.allowedModels),
  allowed_api_key_hashes: copy(entry.allowedApiKeyHashes),
  allowed_user_ids: copy(entry.allowedUserIds),
  sort_order: entry.sortOrder,
  workspace_id: null,
  created_at: new Date(entry.createdAt).toISOString(),
})

const copy = (items: readonly string[] | null): string[] | null => (items === null ? null : [...items])

export const idParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The `id` of the key.',
  schema: Type.String(),
  example: '3f0f5c1e-8f0e-4b63-9a4e-2f6f0d6c9b7a',
}

/**
 * Refuses the id of a key that the account does not have.
 * @throws GatewayError 404
 */
export function refuseUnknownKey({ parameters }: Exchange): never {
  throw new GatewayError('not_found', `The account has no provider key ${(parameters['id'] ?? '').slice(0, 100)}.`)
}
