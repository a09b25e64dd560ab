import type { Failure } from '../reply-settings.ts'

const known: Readonly<
  Record<number, { readonly type: string; readonly code: string | null; readonly message: string }>
> = {
  400: { type: 'invalid_request_error', code: null, message: 'The request is not valid.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  402: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'The account has no credit left.' },
  403: { type: 'permission_error', code: null, message: 'The key may not use this model.' },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist.' },
  408: { type: 'timeout', code: null, message: 'The request timed out.' },
  429: {
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached. Please try again later.',
  },
}

/** Returns the error body of OpenAI and of compatible hosts. */
export function openaiFailure({ status, code, message }: Failure): object {
  const usual = known[status] ?? {
    type: status < 500 ? 'invalid_request_error' : 'server_error',
    code: null,
    message: `The simulator was asked to answer with status ${status}.`,
  }
  return { error: { message: message ?? usual.message, type: usual.type, param: null, code: code ?? usual.code } }
}
