import { Type } from 'typebox'
import type { ByokVault } from '../../auth/byok-vault.ts'
import { ByokKeySchema, encodeByokKey } from '../byok/describe-byok-key.ts'
import { defineRoute } from '../http-route.ts'
import { valueOf, wholeOf } from '../query-value.ts'

const defaultLimit = 50
const mostLimit = 100

const ByokKeyListSchema = Type.Object(
  { data: Type.Array(ByokKeySchema), total_count: Type.Integer({ minimum: 0 }) },
  { title: 'ByokKeyList' },
)

/** Contract §8.B. */
export const listByokKeys = defineRoute({
  method: 'get',
  path: '/byok',
  access: 'management',
  id: 'listByokKeys',
  group: 'Provider keys',
  summary: 'List provider keys',
  description: 'The keys that the account brought for providers, in the order in which they are tried.',
  parameters: [
    { name: 'provider', in: 'query', description: 'Only keys for this provider: its slug.', schema: Type.String() },
    {
      name: 'offset',
      in: 'query',
      description: 'How many keys to skip at the beginning.',
      schema: Type.Integer({ minimum: 0, default: 0 }),
    },
    {
      name: 'limit',
      in: 'query',
      description: 'How many keys to list.',
      schema: Type.Integer({ minimum: 1, maximum: mostLimit, default: defaultLimit }),
    },
  ],
  success: { description: 'The keys.', json: ByokKeyListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'server'],
  handle:
    ({ byok }: { readonly byok: ByokVault }) =>
    async (exchange) => {
      const { query, principal } = exchange
      const [skipped, most] = [valueOf(query, 'offset'), valueOf(query, 'limit')]
      const offset = skipped === null ? 0 : wholeOf(skipped, 0)
      const limit = most === null ? defaultLimit : wholeOf(most, 1, mostLimit)
      const provider = query.get('provider')
      const all = await byok.list(principal.account)
      const wanted = provider === null ? all : all.filter((entry) => entry.provider === provider)
      exchange.json({ data: wanted.slice(offset, offset + limit).map(encodeByokKey), total_count: wanted.length })
    },
})
