import type { Sessions } from '../../auth/sessions.ts'
import { defineRoute } from '../http-route.ts'
import { encodeSession, SessionReplySchema } from '../session/describe-session.ts'

/** Of this gateway's own. */
export const getSession = defineRoute({
  method: 'get',
  path: '/waygate/session',
  access: 'management',
  id: 'getSession',
  group: 'Operator',
  summary: 'Get the session',
  description: 'Describes the session of the request, or its management key.',
  success: { description: 'The session.', json: SessionReplySchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ sessions }: { readonly sessions: Pick<Sessions, 'peek'> }) =>
    (exchange) => {
      const { principal, isOperator, sessionId } = exchange
      const session = sessionId === undefined ? null : sessions.peek(sessionId)
      exchange.json(encodeSession(principal, isOperator, session))
    },
})
