import { Type } from 'typebox'
import { nanoUsd, usd } from '../../canonical/money.ts'
import type { AccountCredits } from '../../ledger/account-credits.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { nullish } from '../../util/nullish.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

const AddCreditsSchema = Type.Object(
  {
    amount: Type.Number({
      minimum: -1_000_000,
      maximum: 1_000_000,
      description: 'USD. A negative amount takes credits back.',
    }),
    note: nullish(Type.String({ minLength: 1, maxLength: 100, description: 'What the amount is for.' })),
  },
  { title: 'AddCreditsRequest', additionalProperties: false },
)

const AddedCreditsSchema = Type.Object(
  {
    data: Type.Object(
      {
        id: Type.String(),
        amount: Type.Number({ description: 'USD.' }),
        note: orNull(Type.String()),
        created_at: Type.String({ description: 'ISO time.' }),
      },
      { title: 'AddedCredits' },
    ),
  },
  { title: 'AddedCreditsReply' },
)

const readBody = requestValidator(AddCreditsSchema, ({ amount }) =>
  nanoUsd(amount) === 0 ? [{ path: 'amount', message: 'must be other than 0' }] : [],
)

interface Dependencies {
  readonly credits: Pick<AccountCredits, 'add'>
  readonly limits: BodyLimits
}

/** Of this gateway's own: OpenRouter sells credits on its web site. */
export const addCredits = defineRoute({
  method: 'post',
  path: '/waygate/credits',
  access: 'management',
  id: 'addCredits',
  group: 'Account',
  summary: 'Add credits',
  description:
    'Adds credits to the account, which from then on may spend no more than it has. The amount counts at once, and at other nodes within two seconds.',
  body: { schema: AddCreditsSchema, example: { amount: 10, note: 'November' } },
  success: { status: 201, description: 'What was added.', json: AddedCreditsSchema },
  errors: bodyErrors,
  handle:
    ({ credits, limits }: Dependencies) =>
    async (exchange) => {
      const { amount, note = null } = readBody(await readJsonBody(exchange.incoming, limits))
      const added = await credits.add(exchange.principal.account, nanoUsd(amount), note)
      const { id, createdAt } = added
      exchange.json(
        { data: { id, amount: usd(added.amount), note: added.note, created_at: new Date(createdAt).toISOString() } },
        201,
      )
    },
})
