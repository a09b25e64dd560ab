import { Type } from 'typebox'
import type { Sessions } from '../../auth/sessions.ts'
import { defineRoute } from '../http-route.ts'
import { removingCookie } from '../session/session-cookie.ts'

const EndedSchema = Type.Object({ data: Type.Object({ ended: Type.Boolean() }) }, { title: 'SessionEnded' })

/** Of this gateway's own. */
export const endSession = defineRoute({
  method: 'delete',
  path: '/waygate/session',
  access: 'management',
  id: 'endSession',
  group: 'Operator',
  summary: 'End the session',
  description: 'Ends the session of the request, and removes its cookie.',
  success: { description: '`ended` is false where the request has a key and no session.', json: EndedSchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ sessions }: { readonly sessions: Pick<Sessions, 'end'> }) =>
    (exchange) => {
      const { sessionId, incoming, outgoing } = exchange
      if (sessionId !== undefined) {
        sessions.end(sessionId)
        outgoing.setHeader('set-cookie', removingCookie(incoming))
      }
      exchange.json({ data: { ended: sessionId !== undefined } })
    },
})
