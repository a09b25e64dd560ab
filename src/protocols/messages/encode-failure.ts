import { type ErrorKind, errorType, type GatewayError } from '../../canonical/errors.ts'
import type { RouterMetadata } from '../../canonical/router-metadata.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'

const types: Readonly<Record<string, string>> = {
  authentication: 'authentication_error',
  permission_denied: 'permission_error',
  payment_required: 'billing_error',
  not_found: 'not_found_error',
  rate_limit_exceeded: 'rate_limit_error',
  provider_overloaded: 'overloaded_error',
  timeout: 'timeout_error',
}

/** Returns Anthropic's name for an error. */
function typeOf(kind: ErrorKind, status: number): string {
  const known = types[errorType(kind)]
  if (known !== undefined) return known
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error'
}

/** With these details an SDK sends the whole conversation instead of the id of a thread. */
const noThreads: JsonObject = { error_code: 'thread_unsupported_request', unsupported: ['thread'] }

/** Encodes an error in the envelope of the Messages API (contract §8.A5), with the fields that the gateway adds to every error. */
export function encodeFailure(error: GatewayError, metadata?: RouterMetadata, id: string | null = null): JsonObject {
  const { error: said, ...beside } = encodeError(error, metadata)
  return {
    type: 'error',
    error: {
      type: typeOf(error.kind, error.status),
      ...Object(said),
      ...(error.details.issues?.some(({ path }) => path === 'thread') && { details: noThreads }),
    },
    request_id: id,
    ...beside,
  }
}
