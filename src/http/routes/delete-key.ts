import type { AccountKeys } from '../../auth/account-keys.ts'
import { DeletedSchema } from '../deleted-schema.ts'
import { defineRoute } from '../http-route.ts'
import { hashParameter, refuseUnknownHash } from '../keys/describe-key.ts'

/** Contract §8.A. */
export const deleteKey = defineRoute({
  method: 'delete',
  path: '/keys/{hash}',
  access: 'management',
  id: 'deleteKey',
  group: 'Keys',
  summary: 'Delete a key',
  description:
    'Deletes a key for ever: it is refused at once, and at other nodes within two seconds. What it spent stays on record. A key of the configuration file cannot be deleted.',
  parameters: [hashParameter],
  success: { description: 'The key is deleted.', json: DeletedSchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'conflict', 'server'],
  handle:
    ({ accountKeys }: { readonly accountKeys: Pick<AccountKeys, 'delete'> }) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      if (!(await accountKeys.delete(principal.account, parameters['hash'] ?? ''))) refuseUnknownHash(exchange)
      exchange.json({ deleted: true })
    },
})
