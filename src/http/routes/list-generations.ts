import { Type } from 'typebox'
import type { AccountKeys } from '../../auth/account-keys.ts'
import { nanoUsd } from '../../canonical/money.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { GenerationFilter } from '../../storage/stores/generation-store.ts'
import { encodeRow, GenerationRowSchema } from '../generations/describe-generation.ts'
import { decodeCursor, encodeCursor } from '../generations/page-cursor.ts'
import { defineRoute, type Parameter } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'
import { numberOf, timeOf, valueOf, wholeOf, wordOf } from '../query-value.ts'

const GenerationListSchema = Type.Object(
  {
    data: Type.Array(GenerationRowSchema),
    next_cursor: orNull(Type.String({ description: 'Null where there are no more.' })),
    searched_until: orNull(
      Type.String({
        description: 'ISO time back to which it was searched, where the page is not full and there may be more.',
      }),
    ),
  },
  { title: 'GenerationList' },
)

const filter = (name: string, description: string, schema: Parameter['schema'] = Type.String()): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

const usualLimit = 50
const mostLimit = 200

interface Dependencies {
  readonly generations: Pick<Journal, 'page'>
  readonly accountKeys: Pick<AccountKeys, 'list'>
}

/** Of this gateway's own. */
export const listGenerations = defineRoute({
  method: 'get',
  path: '/waygate/generations',
  access: 'management',
  id: 'listGenerations',
  group: 'Operator',
  summary: 'List generations',
  description:
    'The generations of the account, newest first. A call looks through at most 20,000 records that only some of the filters fit, so that a page may have fewer rows than were asked for; `next_cursor` then goes on.',
  parameters: [
    filter('limit', 'How many rows to return.', Type.Integer({ minimum: 1, maximum: mostLimit, default: usualLimit })),
    filter('cursor', 'The `next_cursor` of the page before.'),
    filter('model', 'The slug of the model that answered.'),
    filter('provider', 'The slug of the provider.'),
    filter('key', 'The `hash` of the key.'),
    filter('user', 'The `user` of the requests.'),
    filter('session', 'The `session_id` of the requests.'),
    filter('app', 'The address of the application, or where it has none its title.'),
    filter('operation', 'For example `chat` or `completions`.'),
    filter('failed', 'Only those that ended in an error.', Type.Enum(['true', 'false'], { default: 'false' })),
    filter('min_cost', 'Only those that cost at least as much, in USD.', Type.Number({ minimum: 0 })),
    filter('since', 'Only those since this ISO time in UTC.'),
    filter('until', 'Only those before this ISO time in UTC.'),
  ],
  success: { description: 'A page of generations.', json: GenerationListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'server'],
  handle:
    ({ generations, accountKeys }: Dependencies) =>
    async (exchange) => {
      const { query, principal } = exchange
      const cursor = query.get('cursor')
      const asked = valueOf(query, 'limit')
      const limit = asked === null ? usualLimit : wholeOf(asked, 1, mostLimit)
      const page = await generations.page(
        filterOf(query, principal.account),
        limit,
        cursor === null ? undefined : decodeCursor(cursor),
      )
      const names = new Map(accountKeys.list(principal.account).map(({ hash, name }) => [hash, name]))
      const { next } = page
      exchange.json({
        data: page.generations.map((record) => encodeRow(record, (hash) => names.get(hash) ?? null)),
        next_cursor: next === null ? null : encodeCursor(next),
        searched_until:
          next === null || page.generations.length === limit ? null : new Date(next.createdAt).toISOString(),
      })
    },
})

/** @throws GatewayError 400 that names the parameter */
function filterOf(query: URLSearchParams, account: string): GenerationFilter {
  const failed = valueOf(query, 'failed')
  const minCost = valueOf(query, 'min_cost')
  const [since, until] = [valueOf(query, 'since'), valueOf(query, 'until')]
  const text = (name: string): string | undefined => query.get(name) ?? undefined
  return {
    account,
    keyHash: text('key'),
    model: text('model'),
    provider: text('provider'),
    externalUser: text('user'),
    sessionId: text('session'),
    app: text('app'),
    operation: text('operation'),
    minCost: minCost === null ? undefined : nanoUsd(numberOf(minCost, 0, 1_000_000)),
    ...(failed !== null && wordOf(failed, ['true', 'false']) === 'true' && { failed: true }),
    since: since === null ? undefined : timeOf(since),
    until: until === null ? undefined : timeOf(until),
  }
}
