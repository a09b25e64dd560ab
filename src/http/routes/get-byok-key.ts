import type { ByokVault } from '../../auth/byok-vault.ts'
import { ByokKeyReplySchema, encodeByokKey, idParameter, refuseUnknownKey } from '../byok/describe-byok-key.ts'
import { defineRoute } from '../http-route.ts'

/** Contract §8.B. */
export const getByokKey = defineRoute({
  method: 'get',
  path: '/byok/{id}',
  access: 'management',
  id: 'getByokKey',
  group: 'Provider keys',
  summary: 'Get a provider key',
  description: 'One key of the account, masked.',
  parameters: [idParameter],
  success: { description: 'The key, masked.', json: ByokKeyReplySchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ byok }: { readonly byok: ByokVault }) =>
    async (exchange) => {
      const all = await byok.list(exchange.principal.account)
      const entry = all.find(({ id }) => id === exchange.parameters['id']) ?? refuseUnknownKey(exchange)
      exchange.json({ data: encodeByokKey(entry) })
    },
})
