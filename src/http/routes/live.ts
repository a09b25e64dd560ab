import type { AccountKeys } from '../../auth/account-keys.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Happenings } from '../../canonical/happening.ts'
import { encodeRow, GenerationRowSchema } from '../generations/describe-generation.ts'
import { writeLiveGenerations } from '../generations/live-generations.ts'
import type { Exchange } from '../exchange.ts'
import type { Readiness } from '../hooks/refuse-while-not-ready.ts'
import { defineRoute } from '../http-route.ts'

/** The most streams of one key, so that nobody takes those of others. */
const mostOpen = 20

interface Dependencies {
  readonly happenings: Happenings
  readonly accountKeys: Pick<AccountKeys, 'find'>
  readonly authenticator: Pick<Authenticator, 'find'>
  readonly sessions: Pick<Sessions, 'peek'>
  readonly readiness: () => Readiness
}

/** Of this gateway's own. */
export const live = defineRoute({
  method: 'get',
  path: '/waygate/live',
  access: 'management',
  id: 'streamGenerations',
  group: 'Operator',
  summary: 'Stream generations',
  description:
    'An event stream: `event: generation` for each generation of the account that ends at this process, and `event: dropped` with a `count` where the client reads too slowly. It ends with the session or the key, and after an hour. At most 20 are open at a time.',
  success: { description: 'A generation in each event.', json: GenerationRowSchema, event: GenerationRowSchema },
  errors: ['authentication', 'permission_denied', 'rate_limit_exceeded', 'server'],
  handle: ({ happenings, accountKeys, authenticator, sessions, readiness }: Dependencies) => {
    const open = new Map<string, number>()
    const opened = (by: string, change: 1 | -1): void => {
      const count = (open.get(by) ?? 0) + change
      if (count === 0) open.delete(by)
      else open.set(by, count)
    }
    const isValid = ({ sessionId, principal }: Exchange): boolean =>
      (sessionId === undefined ? authenticator.find(principal.keyHash) : sessions.peek(sessionId)) !== null
    return async (exchange) => {
      const { account, keyHash: by } = exchange.principal
      if ((open.get(by) ?? 0) >= mostOpen) {
        throw new GatewayError(
          'rate_limit_exceeded',
          `There are ${mostOpen} such streams of this key already. Close one first.`,
        )
      }
      opened(by, 1)
      try {
        await writeLiveGenerations(
          exchange.outgoing,
          account,
          happenings,
          (record) => encodeRow(record, (hash) => accountKeys.find(account, hash)?.name ?? null),
          () => readiness() !== 'draining' && isValid(exchange),
        )
      } finally {
        opened(by, -1)
      }
    }
  },
})
