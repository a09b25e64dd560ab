import { type Static, Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import type { AccountCredits } from '../../ledger/account-credits.ts'
import { creditsOf, type CreditsSources } from '../credits-of.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const CreditsLeftSchema = Type.Object(
  {
    total: Type.Number({ description: 'USD that were added, less what was taken back.' }),
    spent: Type.Number({ description: 'USD: since credits were first added; in all where none ever were.' }),
    remaining: orNull(
      Type.Number({
        description: 'USD that the account may still spend. Null: credits were never added, and nothing runs out.',
      }),
    ),
  },
  { title: 'CreditsLeft' },
)

interface Dependencies extends CreditsSources {
  readonly credits: Pick<AccountCredits, 'added' | 'limit'>
}

/** Of this gateway's own: OpenRouter's `GET /credits` has no field that tells an account without a limit from one that may spend nothing. */
export const creditsLeft = defineRoute({
  method: 'get',
  path: '/waygate/credits',
  access: 'management',
  id: 'getCreditsLeft',
  group: 'Account',
  summary: 'Get what is left of the credits',
  description: 'The credits of the account, what it has spent of them, and what is left.',
  success: {
    description: 'The credits.',
    json: Type.Object({ data: CreditsLeftSchema }, { title: 'CreditsLeftReply' }),
  },
  errors: ['authentication', 'permission_denied', 'server'],
  handle: (dependencies: Dependencies) => async (exchange) => {
    const { account } = exchange.principal
    const { total, spent } = await creditsOf(dependencies, account)
    const isLimited = dependencies.credits.limit(account) !== null
    const data: Static<typeof CreditsLeftSchema> = {
      total: usd(total),
      spent: usd(spent),
      remaining: isLimited ? usd(total - spent) : null,
    }
    exchange.json({ data })
  },
})
