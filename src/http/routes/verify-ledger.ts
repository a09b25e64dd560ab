import type { BooksVerification } from '../../ledger/books/verification.ts'
import { encodeVerification, VerificationReplySchema } from '../gateway/describe-verification.ts'
import { defineRoute } from '../http-route.ts'

/** Of this gateway's own. */
export const verifyLedger = defineRoute({
  method: 'post',
  path: '/waygate/ledger/verify',
  access: 'operator',
  id: 'verifyLedger',
  group: 'Operator',
  summary: 'Check the books',
  description:
    'Begins a check of every amount and sum of the database and the journal, as `waygate ledger verify` makes it, or returns the one that runs. `GET` of the same address returns its result.',
  success: { description: 'The check that runs.', json: VerificationReplySchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ booksVerification }: { readonly booksVerification: Pick<BooksVerification, 'begin'> }) =>
    (exchange) =>
      exchange.json(encodeVerification(booksVerification.begin())),
})
