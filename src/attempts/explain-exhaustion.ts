import { type AvailabilityCode, type ErrorDetails, GatewayError, unavailable } from '../canonical/errors.ts'
import type { Failure } from './attempt.ts'

/**
 * Makes one error of several failures (contract §5.5). It counts endpoints, not tries: of several tries of one endpoint only the last
 * counts.
 *
 * @param fallbacks Whether the client allowed fallbacks. If not, it gets the error of the last upstream itself.
 * @param note A sentence that is put at the end of the message.
 */
export function explainExhaustion(failures: readonly Failure[], fallbacks: boolean, note = ''): GatewayError {
  const byEndpoint = lastOfEach(failures)
  const last = byEndpoint.at(-1)
  if (last === undefined) return new GatewayError('provider_overloaded')
  const retryAfter = shortestRetryAfter(failures)
  const details: ErrorDetails = {
    ...last.error.details,
    ...(byEndpoint.length > 1 && { previousErrors: byEndpoint.slice(0, -1).map(previousError) }),
    ...(retryAfter !== undefined && { headers: { 'Retry-After': String(retryAfter) } }),
  }
  const code = aggregateCode(byEndpoint, fallbacks)
  if (code === null) return new GatewayError(last.error.kind, last.error.message + note, details)

  const message =
    byEndpoint.length === 1 ? last.error.message : `${explanations[code]} Last error: ${last.error.message}`
  return unavailable(
    message + note,
    {
      code,
      requestedModels: [...new Set(byEndpoint.map((failure) => failure.candidate.endpoint.model))],
      affectedProviders: [...new Set(byEndpoint.map((failure) => failure.candidate.endpoint.provider))],
      retryAfter,
    },
    { ...details, status: undefined },
  )
}

/** Explains that some endpoints were not called because the request had used up its calls. */
export const callsUsedUp = (most: number): string =>
  `No other endpoint was asked: a request makes at most ${most} calls to providers (limits.calls_per_request).`

/** Explains that some endpoints were not called because the key, its account or the request could not pay for them. */
export const unaffordable = 'Other endpoints were not asked: what is left of the limit does not pay for them.'

/** Returns the last failure of each endpoint, in the order in which the failures came. */
const lastOfEach = (failures: readonly Failure[]): readonly Failure[] =>
  failures.filter(
    ({ candidate }, index) =>
      failures.findLastIndex((other) => other.candidate.endpoint.id === candidate.endpoint.id) === index,
  )

const explanations: Partial<Record<AvailabilityCode, string>> = {
  capacity_exhausted: 'Every provider of the model is rate limited.',
  model_unavailable_upstream: 'No provider has the model any more.',
  temporarily_unavailable: 'Every provider of the model failed.',
}

function aggregateCode(failures: readonly Failure[], fallbacks: boolean): AvailabilityCode | null {
  if (failures.every(({ error }) => error.status === 429)) return 'capacity_exhausted'
  // The kind decides, not the status: an image that is not at its address is a 404 too.
  if (failures.every(({ error }) => error.kind === 'not_found')) return 'model_unavailable_upstream'
  if (fallbacks && failures.length > 1 && failures.every(isTransient)) return 'temporarily_unavailable'
  return null
}

/** Tells whether a failure may pass by itself. Refused credentials do not: waiting does not mend them. */
const isTransient = ({ error, retry }: Failure): boolean => error.status >= 500 && retry.scope !== 'next-credential'

const previousError = ({ candidate, error }: Failure) => ({
  provider: candidate.endpoint.providerName,
  code: error.status,
  status: error.status,
})

/** Returns the shortest wait that any upstream named, in whole seconds (contract §10.43). */
function shortestRetryAfter(failures: readonly Failure[]): number | undefined {
  const hints = failures.flatMap(({ retry }) => (retry.afterMs === undefined ? [] : [Math.ceil(retry.afterMs / 1000)]))
  return hints.length === 0 ? undefined : Math.min(...hints)
}
