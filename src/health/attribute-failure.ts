import type { ErrorKind } from '../canonical/errors.ts'
import type { CallEvent } from '../canonical/generation-event.ts'

/** Whom a failed call speaks against. */
type Attribution = 'endpoint' | 'credential' | 'rate-limit' | 'none'

const endpointFaults: ReadonlySet<ErrorKind> = new Set([
  'provider_unavailable',
  'provider_overloaded',
  'provider_timeout',
  'not_found',
])

/** What an endpoint may rightly refuse in the middle of an answer; and faults of this gateway. */
const excused: ReadonlySet<ErrorKind> = new Set([
  'content_policy_violation',
  'context_length_exceeded',
  'max_tokens_exceeded',
  'server',
])

/**
 * Contract §6.3: 401, 402, 404, 5xx and errors in the middle of an answer speak against an endpoint; refused requests and 429 do
 * not. An endpoint whose credentials are refused is told apart, since it may serve with others.
 *
 * @param answered Whether the first content had come.
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
