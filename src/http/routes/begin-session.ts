import { Type } from 'typebox'
import type { Authenticator } from '../../auth/authenticate.ts'
import { isOperator, requireManagement } from '../../auth/permissions.ts'
import type { Sessions } from '../../auth/sessions.ts'
import type { SignInAttempts, SignInSource } from '../../auth/sign-in-attempts.ts'
import type { SignInLinks } from '../../auth/sign-in-links.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { operatorCommand } from '../../canonical/operator-command.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'
import { encodeSession, SessionReplySchema } from '../session/describe-session.ts'
import { refuseCrossSite } from '../session/refuse-cross-site.ts'
import { signInSource } from '../session/sign-in-source.ts'
import { settingCookie } from '../session/session-cookie.ts'

const BeginSessionSchema = Type.Object(
  {
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'A management key.' })),
    token: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'The token of a sign-in link, which works once.' }),
    ),
  },
  { title: 'BeginSessionRequest', additionalProperties: false },
)

const readBody = requestValidator(BeginSessionSchema, ({ key, token }) =>
  (key === undefined) === (token === undefined)
    ? [{ path: '', message: 'must have either key or token, and not both' }]
    : [],
)

interface Dependencies {
  readonly authenticator: Pick<Authenticator, 'authenticate'>
  readonly sessions: Pick<Sessions, 'begin' | 'peek'>
  readonly signInLinks: Pick<SignInLinks, 'take'>
  readonly signInAttempts: Pick<SignInAttempts, 'check' | 'fail'>
  readonly limits: BodyLimits
}

/** Of this gateway's own. docs/operator-api.md describes sessions. */
export const beginSession = defineRoute({
  method: 'post',
  path: '/waygate/session',
  access: 'public',
  id: 'beginSession',
  group: 'Operator',
  summary: 'Begin a session',
  description:
    'Begins a session of the console: the reply sets its cookie. The request must have the header `x-waygate-console: 1` and come from the page of this gateway.',
  body: { schema: BeginSessionSchema, example: { key: 'sk-or-v1-…' } },
  success: { description: 'The session has begun.', json: SessionReplySchema },
  errors: [...bodyErrors, 'rate_limit_exceeded'],
  handle: ({ authenticator, sessions, signInLinks, signInAttempts, limits }: Dependencies) => {
    /** Tokens are not limited: none can be guessed, and with a link the operator can sign in whatever others do. */
    async function beginWithToken(token: string): Promise<string> {
      if (await signInLinks.take(token)) return sessions.begin(null)
      throw new GatewayError(
        'authentication',
        `The sign-in link is not valid: it works once, for 15 minutes. ${operatorCommand('console')} prints another.`,
      )
    }
    function beginWithKey(key: string, source: SignInSource): string {
      signInAttempts.check(source)
      try {
        const principal = authenticator.authenticate(`Bearer ${key}`)
        requireManagement(principal)
        return sessions.begin(principal.keyHash)
      } catch (error) {
        signInAttempts.fail(source)
        throw error
      }
    }
    return async (exchange) => {
      const { incoming, outgoing } = exchange
      refuseCrossSite(incoming)
      const source = signInSource(incoming)
      const { key, token = '' } = readBody(await readJsonBody(incoming, limits))
      const id = key === undefined ? await beginWithToken(token) : beginWithKey(key, source)
      const session = sessions.peek(id)
      if (session === null) throw new GatewayError('server')
      outgoing.setHeader('set-cookie', settingCookie(id, incoming))
      exchange.json(encodeSession(session.principal, isOperator(session.principal), session))
    }
  },
})
