import { type Static, Type } from 'typebox'
import type { AccountKeys } from '../../auth/account-keys.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { usd } from '../../canonical/money.ts'
import type { ListedProvider } from '../../catalog/offered-provider.ts'
import type { ActivityRow, UsageStore } from '../../storage/stores/usage-store.ts'
import type { Clock } from '../../util/clock.ts'
import { fullMatch } from '../../util/pattern.ts'
import { startOfDay } from '../../util/utc-periods.ts'
import { defineRoute, type Parameter } from '../http-route.ts'
import { refuseOtherWorkspace } from '../keys/describe-key.ts'
import { valueOf, wordOf } from '../query-value.ts'

const dayMs = 86_400_000
const mostDays = 30

const count = (description: string) => Type.Integer({ minimum: 0, description })

/** Source: contract §8.B, §11.4. */
const ActivityRowSchema = Type.Object(
  {
    date: Type.String({ description: 'The UTC day, like 2026-11-20.' }),
    model: Type.String({ description: 'The slug; empty for requests for which no call was made.' }),
    model_permaslug: Type.String(),
    endpoint_id: Type.String({ description: 'Empty where no endpoint answered.' }),
    provider_name: Type.String({ description: 'Empty where no endpoint answered.' }),
    usage: Type.Number({ minimum: 0, description: 'USD spent.' }),
    byok_usage_inference: Type.Number({
      minimum: 0,
      description: 'USD spent on credentials of the caller’s own.',
    }),
    requests: count('How many requests there were.'),
    prompt_tokens: count('The tokens of the prompts.'),
    completion_tokens: count('The tokens of the answers.'),
    reasoning_tokens: count('Those of them that are reasoning.'),
    cached_tokens: count('The tokens of the prompts that came from a cache.'),
    workspace_id: Type.Optional(Type.String({ description: 'The account: present where `group_by` is `workspace`.' })),
  },
  { title: 'ActivityRow', description: 'The usage of one endpoint on one day.' },
)

const ActivityReplySchema = Type.Object({ data: Type.Array(ActivityRowSchema) }, { title: 'ActivityReply' })

const filter = (name: string, description: string, schema: Parameter['schema'] = Type.String()): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

interface Dependencies {
  readonly activity: Pick<UsageStore, 'activity'>
  readonly accountKeys: Pick<AccountKeys, 'find'>
  readonly providers: () => readonly ListedProvider[]
  readonly clock: Clock
}

/** Contract §8.B. */
export const activity = defineRoute({
  method: 'get',
  path: '/activity',
  access: 'management',
  id: 'getActivity',
  group: 'Account',
  summary: 'Get the activity',
  description:
    'The usage of the account on the last 30 complete UTC days, newest day first, by model and endpoint. It is read from sums that are kept by day.',
  parameters: [
    filter('date', 'Only this UTC day, one of the last 30 complete ones, like 2026-11-20.'),
    filter('api_key_hash', 'Only the requests of the key with this `hash`.'),
    filter('user_id', 'Refused: usage is not kept by member of the account.'),
    filter('group_by', 'Adds the workspace to each row, of which an account has one.', Type.Enum(['workspace'])),
    filter('workspace_id', 'Only the account itself, by its name.'),
  ],
  success: { description: 'The activity.', json: ActivityReplySchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ activity, accountKeys, providers, clock }: Dependencies) =>
    async (exchange) => {
      const { query } = exchange
      const { account } = exchange.principal
      const period = periodOf(query.get('date'), clock.now())
      const keyHash = keyHashOf(query)
      if (query.has('user_id')) {
        throw new GatewayError(
          'invalid_request',
          'The query parameter user_id must be left out: usage is not kept by member.',
        )
      }
      const groupBy = valueOf(query, 'group_by')
      const workspace = groupBy !== null && wordOf(groupBy, ['workspace']) === 'workspace' ? account : null
      refuseOtherWorkspace(exchange, query.get('workspace_id'))
      const rows = await activity.activity({ account, ...period }, keyHash)
      // The usage of a key that was deleted can still be read.
      if (keyHash !== undefined && rows.length === 0 && accountKeys.find(account, keyHash) === null) {
        throw new GatewayError('not_found', `The account has no key ${keyHash}.`)
      }
      const names = new Map(providers().map(({ slug, name }) => [slug, name]))
      exchange.json({
        data: rows.toSorted(inOrder).map((row) => encode(row, names.get(row.provider) ?? row.provider, workspace)),
      })
    },
})

/** @throws GatewayError 400 for a day that is not one of the last 30 complete ones */
function periodOf(date: string | null, now: number): { readonly since: number; readonly until: number } {
  const today = startOfDay(now)
  const first = today - mostDays * dayMs
  if (date === null) return { since: first, until: today }
  const day = fullMatch(/^\d{4}-\d{2}-\d{2}$/, date) === null ? NaN : Date.parse(date)
  if (day >= first && day < today && dateOf(day) === date) return { since: day, until: day + dayMs }
  throw new GatewayError(
    'invalid_request',
    `The query parameter date must be a UTC day from ${dateOf(first)} to ${dateOf(today - dayMs)}, written like that.`,
  )
}

/** @throws GatewayError 400 for what is no hash */
function keyHashOf(query: URLSearchParams): string | undefined {
  const hash = query.get('api_key_hash')
  if (hash === null) return undefined
  if (fullMatch(/^[a-f0-9]{64}$/, hash) !== null) return hash
  throw new GatewayError(
    'invalid_request',
    'The query parameter api_key_hash must be the hash of a key: 64 characters, 0-9 and a-f.',
  )
}

/** Newest day first, then by name. */
const inOrder = (one: ActivityRow, other: ActivityRow): number =>
  other.day - one.day || one.model.localeCompare(other.model) || one.endpoint.localeCompare(other.endpoint)

const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10)

const encode = (row: ActivityRow, provider: string, workspace: string | null): Static<typeof ActivityRowSchema> => ({
  date: dateOf(row.day),
  model: row.model,
  model_permaslug: row.model,
  endpoint_id: row.endpoint,
  provider_name: provider,
  usage: usd(row.cost),
  byok_usage_inference: usd(row.byokCost),
  requests: row.requests,
  prompt_tokens: row.promptTokens,
  completion_tokens: row.completionTokens,
  reasoning_tokens: row.reasoningTokens,
  cached_tokens: row.cachedTokens,
  ...(workspace !== null && { workspace_id: workspace }),
})
