import { type Static, Type } from 'typebox'
import { linkedPrincipal, type Session, sessionMs } from '../../auth/sessions.ts'
import type { Principal } from '../../canonical/principal.ts'
import { orNull } from '../openapi/schema/or-null.ts'

export const SessionReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        account: Type.String({ description: 'The account that the request acts for.' }),
        key: orNull(
          Type.Object({
            name: Type.String(),
            label: Type.String({ description: 'The key, with its middle left out.' }),
          }),
        ),
        operator: Type.Boolean({
          description: 'Whether it may do what concerns the whole gateway, and act for other accounts.',
        }),
        expires_at: orNull(
          Type.String({ description: 'ISO time at which the session ends, used or not; null where a key was sent.' }),
        ),
        idle_seconds: orNull(
          Type.Integer({ description: 'It also ends after this long without a request; null where a key was sent.' }),
        ),
      },
      { title: 'Session', description: 'Who calls. The key is null where the session was begun with a sign-in link.' },
    ),
  },
  { title: 'SessionReply' },
)

/** Describes who calls. @param session Null where a key was sent. */
export const encodeSession = (
  principal: Principal,
  isOperator: boolean,
  session: Session | null,
): Static<typeof SessionReplySchema> => ({
  data: {
    account: principal.account,
    key: principal.keyHash === linkedPrincipal.keyHash ? null : { name: principal.keyName, label: principal.label },
    operator: isOperator,
    expires_at: session === null ? null : new Date(session.endsAt).toISOString(),
    idle_seconds: session === null ? null : sessionMs.idle / 1000,
  },
})
