import { type Static, Type } from 'typebox'
import type { ByokSettings } from '../../auth/byok-entry.ts'
import { dataRegions } from '../../canonical/data-region.ts'
import type { Issue } from '../../canonical/errors.ts'
import { nullish } from '../../util/nullish.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'

const mostItems = 100

const allowed = (
  items: { readonly pattern?: string; readonly 'x-expects'?: string; readonly maxLength?: number },
  least: number,
  description: string,
) => nullish(Type.Array(Type.String({ minLength: 1, ...items }), { minItems: least, maxItems: mostItems, description }))

const key = Type.String({
  minLength: 1,
  maxLength: 16_384,
  description:
    'The key of the provider: an API key, or JSON for Azure, Amazon Bedrock, Google Vertex and Cloudflare. It is encrypted and never shown.',
})

const settings = {
  name: nullish(Type.String({ minLength: 1, maxLength: 255 })),
  workspace_id: nullish(Type.String({ description: 'Refused: this gateway has no workspaces.' })),
  disabled: nullish(Type.Boolean()),
  is_fallback: nullish(
    Type.Boolean({ description: 'Whether to use it only after the gateway’s own credentials. Default: false.' }),
  ),
  is_required: nullish(
    Type.Boolean({
      description:
        'Whether not to use the gateway’s own credentials for the provider for the models of this key. Not with `is_fallback`.',
    }),
  ),
  is_byok_only: nullish(
    Type.Boolean({
      description:
        'Whether not to use the gateway’s own credentials for the provider for any model. Not with `is_fallback`.',
    }),
  ),
  declared_zdr: nullish(
    Type.Boolean({
      description:
        'Whether the account has zero data retention at the provider: `true` admits the key for requests with `zdr`, `false` bars it.',
    }),
  ),
  declared_region: nullish(Type.Enum([...dataRegions])),
  allowed_models: allowed({ maxLength: 256 }, 0, 'The slugs of the models that it is used for.'),
  allowed_api_key_hashes: allowed(
    { pattern: '^[a-f0-9]{64}$', 'x-expects': 'the hash of an API key: 64 digits of 0-9 and a-f' },
    1,
    'The hashes of the API keys that may use it.',
  ),
  allowed_user_ids: allowed({ maxLength: 256 }, 0, 'The members of the account whose API keys may use it.'),
  sort_order: nullish(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'The keys for one provider are tried in ascending order. Default: after the others.',
    }),
  ),
}

export const CreateByokKeySchema = Type.Object(
  {
    provider: Type.String({ minLength: 1, maxLength: 100, description: 'The slug of the provider, e.g. `openai`.' }),
    key,
    ...settings,
  },
  { title: 'CreateByokKeyRequest' },
)

export const UpdateByokKeySchema = Type.Object({ key: nullish(key), ...settings }, { title: 'UpdateByokKeyRequest' })

/** A workspace that does not exist must not be taken for the whole account. */
const refuseWorkspace = ({ workspace_id: workspace }: Static<typeof UpdateByokKeySchema>): readonly Issue[] =>
  workspace === undefined || workspace === null
    ? []
    : [
        {
          path: 'workspace_id',
          message: 'must be left out: this gateway has no workspaces, and a key is for the whole account',
        },
      ]

export const readNewByokKey = requestValidator(CreateByokKeySchema, refuseWorkspace)
export const readByokKeyChange = requestValidator(UpdateByokKeySchema, refuseWorkspace)

/** Returns the settings that a body has. Null clears a field that may be null, and leaves any other as it is. */
export function settingsOf(body: Static<typeof UpdateByokKeySchema>): Partial<ByokSettings> {
  const { name, disabled, is_fallback: isFallback, is_required: isRequired, is_byok_only: isByokOnly } = body
  const { declared_zdr: declaredZdr, declared_region: declaredRegion, sort_order: sortOrder } = body
  const { allowed_models: models, allowed_api_key_hashes: hashes, allowed_user_ids: users } = body
  return {
    ...(name !== undefined && { name }),
    ...(isSet(disabled) && { disabled }),
    ...(isSet(isFallback) && { isFallback }),
    ...(isSet(isRequired) && { isRequired }),
    ...(isSet(isByokOnly) && { isByokOnly }),
    ...(declaredZdr !== undefined && { declaredZdr }),
    ...(declaredRegion !== undefined && { declaredRegion }),
    ...(models !== undefined && { allowedModels: models }),
    ...(hashes !== undefined && { allowedApiKeyHashes: hashes }),
    ...(users !== undefined && { allowedUserIds: users }),
    ...(isSet(sortOrder) && { sortOrder }),
  }
}

const isSet = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined
