import type { AccountKeys } from '../../auth/account-keys.ts'
import type { KeyUsage } from '../../ledger/key-usage.ts'
import type { Clock } from '../../util/clock.ts'
import { defineRoute } from '../http-route.ts'
import {
  encodeKey,
  hashParameter,
  ListedKeyReplySchema,
  refuseOtherWorkspace,
  refuseUnknownHash,
  unused,
} from '../keys/describe-key.ts'
import { keyUpdateOf, readKeyChangeBody, UpdateKeySchema } from '../keys/key-body.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly accountKeys: Pick<AccountKeys, 'update'>
  readonly keyUsage: Pick<KeyUsage, 'of'>
  readonly limits: BodyLimits
  readonly clock: Clock
}

/** Contract §8.A. */
export const updateKey = defineRoute({
  method: 'patch',
  path: '/keys/{hash}',
  access: 'management',
  id: 'updateKey',
  group: 'Keys',
  summary: 'Change a key',
  description:
    'Changes the fields that the body has; null removes a limit. Fields that are not listed here have no effect. The change counts at once, and at other nodes within two seconds. A key of the configuration file cannot be changed.',
  parameters: [hashParameter],
  body: { schema: UpdateKeySchema, example: { disabled: true } },
  success: { description: 'The key.', json: ListedKeyReplySchema },
  errors: [...bodyErrors, 'not_found', 'conflict'],
  handle:
    ({ accountKeys, keyUsage, limits, clock }: Dependencies) =>
    async (exchange) => {
      const body = readKeyChangeBody(await readJsonBody(exchange.incoming, limits))
      refuseOtherWorkspace(exchange, body.workspace_id)
      const { principal, parameters } = exchange
      const updated = await accountKeys.update(principal.account, parameters['hash'] ?? '', keyUpdateOf(body))
      const key = updated ?? refuseUnknownHash(exchange)
      const usage = await keyUsage.of([key.hash], clock.now())
      exchange.json({ data: encodeKey(key, usage.get(key.hash) ?? unused) })
    },
})
