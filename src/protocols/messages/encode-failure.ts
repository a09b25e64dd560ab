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

/** The language's own name for an error. */
function typeOf(kind: ErrorKind, status: number): string {
  const known = types[errorType(kind)]
  if (known !== undefined) return known
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error'
}

/** An SDK that is told so sends the whole conversation instead. */
const noThreads: JsonObject = { error_code: 'thread_unsupported_request', unsupported: ['thread'] }

/** The envelope of this language (contract §8.A5), with what the gateway says of every error beside it. */
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
