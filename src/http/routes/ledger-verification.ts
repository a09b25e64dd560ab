import type { BooksVerification } from '../../ledger/books/verification.ts'
import { encodeVerification, VerificationReplySchema } from '../gateway/describe-verification.ts'
import { defineRoute } from '../http-route.ts'

/** Of this gateway's own. */
export const ledgerVerification = defineRoute({
  method: 'get',
  path: '/waygate/ledger/verify',
  access: 'operator',
  id: 'getLedgerVerification',
  group: 'Operator',
  summary: 'Get the last check of the books',
  description: 'The check that was begun last at this process, with its result once it is done.',
  success: { description: 'The check.', json: VerificationReplySchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ booksVerification }: { readonly booksVerification: Pick<BooksVerification, 'last'> }) =>
    (exchange) =>
      exchange.json(encodeVerification(booksVerification.last)),
})
