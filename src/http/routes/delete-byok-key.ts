import type { ByokVault } from '../../auth/byok-vault.ts'
import { idParameter, refuseUnknownKey } from '../byok/describe-byok-key.ts'
import { DeletedSchema } from '../deleted-schema.ts'
import { defineRoute } from '../http-route.ts'

/** Contract §8.B. */
export const deleteByokKey = defineRoute({
  method: 'delete',
  path: '/byok/{id}',
  access: 'management',
  id: 'deleteByokKey',
  group: 'Provider keys',
  summary: 'Delete a provider key',
  description: 'Deletes a key for ever, with its ciphertext.',
  parameters: [idParameter],
  success: { description: 'The key is deleted.', json: DeletedSchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ byok }: { readonly byok: ByokVault }) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      if (!(await byok.delete(principal.account, parameters['id'] ?? ''))) refuseUnknownKey(exchange)
      exchange.json({ deleted: true })
    },
})
