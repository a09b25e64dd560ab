import type { AccountKeys } from '../../auth/account-keys.ts'
import type { KeyUsage } from '../../ledger/key-usage.ts'
import type { Clock } from '../../util/clock.ts'
import { defineRoute } from '../http-route.ts'
import { encodeKey, hashParameter, ListedKeyReplySchema, refuseUnknownHash, unused } from '../keys/describe-key.ts'

interface Dependencies {
  readonly accountKeys: Pick<AccountKeys, 'find'>
  readonly keyUsage: Pick<KeyUsage, 'of'>
  readonly clock: Clock
}

/** Contract §8.A. */
export const getKey = defineRoute({
  method: 'get',
  path: '/keys/{hash}',
  access: 'management',
  id: 'getKey',
  group: 'Keys',
  summary: 'Get a key',
  description: 'One inference key of the account, with its limit and what it has spent.',
  parameters: [hashParameter],
  success: { description: 'The key.', json: ListedKeyReplySchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ accountKeys, keyUsage, clock }: Dependencies) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      const key = accountKeys.find(principal.account, parameters['hash'] ?? '') ?? refuseUnknownHash(exchange)
      const usage = await keyUsage.of([key.hash], clock.now())
      exchange.json({ data: encodeKey(key, usage.get(key.hash) ?? unused) })
    },
})
