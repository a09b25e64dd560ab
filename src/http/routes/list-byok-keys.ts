import { Type } from 'typebox'
import type { ByokVault } from '../../auth/byok-vault.ts'
import { ByokKeySchema, encodeByokKey } from '../byok/describe-byok-key.ts'
import { defineRoute } from '../http-route.ts'
import { pageOf, pageParameters } from '../page-of.ts'

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
    ...pageParameters,
  ],
  success: { description: 'The keys.', json: ByokKeyListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'server'],
  handle:
    ({ byok }: { readonly byok: ByokVault }) =>
    async (exchange) => {
      const { query, principal } = exchange
      const { offset, limit } = pageOf(query)
      const provider = query.get('provider')
      const all = await byok.list(principal.account)
      const wanted = provider === null ? all : all.filter((entry) => entry.provider === provider)
      exchange.json({ data: wanted.slice(offset, offset + limit).map(encodeByokKey), total_count: wanted.length })
    },
})
