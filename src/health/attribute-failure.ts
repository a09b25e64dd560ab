import type { ErrorKind } from '../canonical/errors.ts'
import type { CallEvent } from '../canonical/generation-event.ts'

/** What a failed call counts against. */
type Attribution = 'endpoint' | 'credential' | 'rate-limit' | 'none'

const endpointFaults: ReadonlySet<ErrorKind> = new Set([
  'provider_unavailable',
  'provider_overloaded',
  'provider_timeout',
  'not_found',
])

/** Errors that do not count against an endpoint even in the middle of an answer: rightful refusals, and faults of this gateway. */
const excused: ReadonlySet<ErrorKind> = new Set([
  'content_policy_violation',
  'context_length_exceeded',
  'max_tokens_exceeded',
  'server',
])

/**
 * Decides what a failed call counts against. By contract §6.3, 401, 402, 404, 5xx and errors in the middle of an answer count against the
 * endpoint; refused requests and 429 do not. Refused credentials are a case of their own, since the endpoint may work with others.
 *
 * @param answered Whether the first content had arrived.
 */
export function attributeFailure(
  { error, retry }: Extract<CallEvent, { type: 'error' }>,
  answered: boolean,
): Attribution {
  if (error.kind === 'rate_limit_exceeded') return 'rate-limit'
  if (error.kind === 'provider_unavailable' && retry.scope === 'next-credential') return 'credential'
  if (endpointFaults.has(error.kind)) return 'endpoint'
  return answered && !excused.has(error.kind) ? 'endpoint' : 'none'
}
