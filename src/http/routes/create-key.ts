import { Type } from 'typebox'
import type { AccountKeys } from '../../auth/account-keys.ts'
import { defineRoute } from '../http-route.ts'
import { encodeKey, ListedKeySchema, refuseOtherWorkspace, unused } from '../keys/describe-key.ts'
import { CreateKeySchema, newKeyOf, readNewKeyBody } from '../keys/key-body.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

const NewKeyReplySchema = Type.Object(
  { data: ListedKeySchema, key: Type.String({ description: 'The key itself. It is shown only now.' }) },
  { title: 'NewKeyReply' },
)

interface Dependencies {
  readonly accountKeys: Pick<AccountKeys, 'create'>
  readonly limits: BodyLimits
}

/** Contract §8.A. */
export const createKey = defineRoute({
  method: 'post',
  path: '/keys',
  access: 'management',
  id: 'createKey',
  group: 'Keys',
  summary: 'Make a key',
  description:
    'Makes an inference key of the account. The reply is the only place where the key is shown. Fields that are not listed here have no effect: look in the reply which limits hold.',
  body: { schema: CreateKeySchema, example: { name: 'ours', limit: 10, limit_reset: 'monthly' } },
  success: { status: 201, description: 'The key.', json: NewKeyReplySchema },
  errors: [...bodyErrors, 'not_found', 'conflict'],
  handle:
    ({ accountKeys, limits }: Dependencies) =>
    async (exchange) => {
      const body = readNewKeyBody(await readJsonBody(exchange.incoming, limits))
      refuseOtherWorkspace(exchange, body.workspace_id)
      const { record, key } = await accountKeys.create(exchange.principal.account, newKeyOf(body))
      exchange.json({ data: encodeKey(record, unused), key }, 201)
    },
})
