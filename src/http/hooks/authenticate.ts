import { requireInference } from '../../auth/permissions.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import type { Hook } from '../environment.ts'

/** Finds out who asks; refuses with 401 before the body is read (contract 0.1). */
export const authenticate =
  (authenticator: Authenticator): Hook =>
  (c) => {
    c.set('principal', authenticator.authenticate(c.env.incoming.headers.authorization))
    return undefined
  }

/** Management keys administer; they do not generate (contract §6.18). */
export const inferenceOnly: Hook = (c) => {
  requireInference(c.get('principal'))
  return undefined
}
