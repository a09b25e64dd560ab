import { Type } from 'typebox'
import type { AccountKeys } from '../../auth/account-keys.ts'
import type { KeyUsage } from '../../ledger/key-usage.ts'
import type { Clock } from '../../util/clock.ts'
import { defineRoute, type Parameter } from '../http-route.ts'
import { encodeKey, ListedKeySchema, refuseOtherWorkspace, unused } from '../keys/describe-key.ts'
import { valueOf, wholeOf, wordOf } from '../query-value.ts'

const KeyListSchema = Type.Object({ data: Type.Array(ListedKeySchema) }, { title: 'KeyList' })

const pageSize = 100
const booleans = ['true', 'false'] as const

const flag = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: Type.Enum([...booleans], { default: 'false' }),
})

interface Dependencies {
  readonly accountKeys: Pick<AccountKeys, 'list'>
  readonly keyUsage: Pick<KeyUsage, 'of'>
  readonly clock: Clock
}

/** Contract §8.A. */
export const listKeys = defineRoute({
  method: 'get',
  path: '/keys',
  access: 'management',
  id: 'listKeys',
  group: 'Keys',
  summary: 'List keys',
  description:
    'The inference keys of the account, 100 a page: those of the configuration file, then the others, oldest first.',
  parameters: [
    {
      name: 'offset',
      in: 'query',
      description: 'How many keys to skip at the beginning.',
      schema: Type.Integer({ minimum: 0, default: 0 }),
    },
    flag('include_disabled', 'Whether to list disabled keys too.'),
    flag('include_expired', 'Whether to list expired keys too.'),
    {
      name: 'workspace_id',
      in: 'query',
      description: 'Only the account itself, by its name: an account is one workspace.',
      schema: Type.String(),
    },
  ],
  success: { description: 'The keys.', json: KeyListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ accountKeys, keyUsage, clock }: Dependencies) =>
    async (exchange) => {
      const { query, principal } = exchange
      const given = valueOf(query, 'offset')
      const offset = given === null ? 0 : wholeOf(given, 0)
      const isSet = (name: string): boolean => {
        const value = valueOf(query, name)
        return value !== null && wordOf(value, booleans) === 'true'
      }
      const [withDisabled, withExpired] = [isSet('include_disabled'), isSet('include_expired')]
      refuseOtherWorkspace(exchange, query.get('workspace_id'))
      const now = clock.now()
      const page = accountKeys
        .list(principal.account)
        .filter(({ disabled }) => withDisabled || !disabled)
        .filter(({ expiresAt }) => withExpired || expiresAt === null || expiresAt > now)
        .slice(offset, offset + pageSize)
      const usage = await keyUsage.of(
        page.map(({ hash }) => hash),
        now,
      )
      exchange.json({ data: page.map((key) => encodeKey(key, usage.get(key.hash) ?? unused)) })
    },
})
