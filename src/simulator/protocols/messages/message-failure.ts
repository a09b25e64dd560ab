import type { Failure } from '../../reply-settings.ts'

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** Returns Anthropic's error body. The `error` event of a stream holds the same object. */
export function messageFailure({ status, message, code }: Failure): object {
  const type = code ?? types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return {
    type: 'error',
    error: { type, message: message ?? `The simulator was asked to answer with status ${status}.` },
    request_id: 'req_simulated',
  }
}
