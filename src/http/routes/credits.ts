import { Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { creditsOf, type CreditsSources } from '../credits-of.ts'
import { defineRoute } from '../http-route.ts'

const CreditsReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        total_credits: Type.Number({
          description:
            'USD that were added to the account, less what was taken back. 0 where none ever were, and then nothing runs out; also where all were taken back, and then nothing may be spent: `GET /waygate/credits` tells which.',
        }),
        total_usage: Type.Number({
          minimum: 0,
          description:
            'USD that the account has spent: since credits were first added, so that the difference is what is left; in all where none ever were.',
        }),
      },
      { title: 'Credits' },
    ),
  },
  { title: 'CreditsReply' },
)

/** Contract §8.A. */
export const credits = defineRoute({
  method: 'get',
  path: '/credits',
  access: 'management',
  id: 'getCredits',
  group: 'Account',
  summary: 'Get the credits',
  description: 'The credits of the account, and what it has spent of them.',
  success: { description: 'The credits.', json: CreditsReplySchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle: (sources: CreditsSources) => async (exchange) => {
    const { total, spent } = await creditsOf(sources, exchange.principal.account)
    exchange.json({ data: { total_credits: usd(total), total_usage: usd(spent) } })
  },
})
