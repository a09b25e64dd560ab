import type { Authenticator } from '../../auth/authenticate.ts'
import type { ConsoleKeys } from '../../auth/console-keys.ts'
import { isOperator, requireInference, requireManagement } from '../../auth/permissions.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Principal } from '../../canonical/principal.ts'
import { fullMatch } from '../../util/pattern.ts'
import type { Exchange, Hook } from '../exchange.ts'
import { refuseCrossSite } from '../session/refuse-cross-site.ts'
import { sessionCookie } from '../session/session-cookie.ts'

/** What finds the principal of a request. */
export interface Authentication {
  readonly authenticator: Pick<Authenticator, 'authenticate'>
  readonly sessions: Pick<Sessions, 'find'>
}

/** Clients of Anthropic's send the key alone, in a header of its own (contract §0.a). */
function credentialOf({ incoming: { headers } }: Exchange): string | undefined {
  const key = headers['x-api-key']
  return headers.authorization ?? (typeof key === 'string' && key !== '' ? `Bearer ${key}` : undefined)
}

/**
 * Finds the principal by the request's key, or where it has none by the cookie of its session. Refuses the request with 401 before the body
 * is read (contract §0.1).
 */
export const authenticate =
  ({ authenticator, sessions }: Authentication): Hook =>
  (exchange) => {
    const credential = credentialOf(exchange)
    const id = credential === undefined ? sessionCookie(exchange.incoming) : undefined
    const principal = id === undefined ? authenticator.authenticate(credential) : ofSession(sessions, id, exchange)
    exchange.isOperator = isOperator(principal)
    exchange.principal = actingFor(exchange, principal)
  }

function ofSession(sessions: Authentication['sessions'], id: string, exchange: Exchange): Principal {
  refuseCrossSite(exchange.incoming)
  const session = sessions.find(id)
  if (session === null) throw new GatewayError('authentication', 'The session has ended. Sign in again.')
  exchange.sessionId = id
  return session.principal
}

/**
 * Returns the principal in the account that an operator names in a header.
 * @throws GatewayError 403 for anyone else, 400 for what cannot be a name
 */
function actingFor({ incoming: { headers }, isOperator }: Exchange, principal: Principal): Principal {
  const account = headers['x-waygate-account']
  if (account === undefined || account === principal.account) return principal
  if (!isOperator) {
    throw new GatewayError(
      'permission_denied',
      'Only management keys of the account "default" can act for another account: leave out X-Waygate-Account.',
    )
  }
  if (typeof account !== 'string' || fullMatch(/^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/, account) === null) {
    throw new GatewayError(
      'invalid_request',
      'The header X-Waygate-Account must be the name of an account: 1 to 100 printable ASCII characters.',
    )
  }
  return { ...principal, account }
}

/** Finds the principal where the request has a valid key or session, at an address that needs none. */
export const recognise = (authentication: Authentication): Hook => {
  const find = authenticate(authentication)
  return (exchange) => {
    try {
      void find(exchange)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }
}

/**
 * Refuses management keys, which administer and cannot generate (contract §6.18). A session generates with the key of its account that is
 * kept for that.
 */
export const inferenceOnly =
  (consoleKeys: Pick<ConsoleKeys, 'principalOf'>): Hook =>
  (exchange) => {
    if (exchange.sessionId === undefined) return requireInference(exchange.principal)
    return consoleKeys.principalOf(exchange.principal.account).then((principal) => {
      exchange.principal = principal
    })
  }

/** Refuses inference keys, which cannot administer (contract §6.18). */
export const managementOnly: Hook = ({ principal }) => requireManagement(principal)

/** Refuses all but the operator's own management keys and sessions. */
export const operatorOnly: Hook = (exchange) => {
  requireManagement(exchange.principal)
  if (exchange.isOperator) return
  throw new GatewayError(
    'permission_denied',
    'This concerns the whole gateway: it needs a management key of the account "default".',
  )
}
