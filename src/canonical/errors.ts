/**
 * Every kind of failure the API answers with: its HTTP status, and the message when nothing better is known.
 * `docs/errors.md` is generated from this table. Source: contract §5.2.
 */
export const errorTable = {
  invalid_request: { status: 400, message: 'The request is not valid.' },
  invalid_prompt: { status: 400, message: 'The messages are not valid.' },
  context_length_exceeded: { status: 400, message: 'The prompt and the requested output exceed the context window.' },
  max_tokens_exceeded: { status: 400, message: 'The requested output is longer than the model allows.' },
  content_policy_violation: { status: 400, message: 'The provider refused the content.' },
  invalid_image: { status: 400, message: 'An image cannot be used.' },
  authentication: { status: 401, message: 'Missing Authentication header' },
  payment_required: { status: 402, message: 'The key has no credits left.' },
  permission_denied: { status: 403, message: 'The key may not do this.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'This address does not take that method.' },
  timeout: { status: 408, message: 'The request took too long.' },
  conflict: { status: 409, message: 'The request conflicts with the present state.' },
  payload_too_large: { status: 413, message: 'The request body is too large.' },
  unsupported_media_type: { status: 415, message: 'The request body must be plain JSON.' },
  unprocessable: { status: 422, message: 'The request is well formed but cannot be carried out.' },
  rate_limit_exceeded: { status: 429, message: 'Too many requests.' },
  server: { status: 500, message: 'Internal Server Error' },
  provider_unavailable: { status: 502, message: 'Provider returned error' },
  provider_overloaded: { status: 503, message: 'No provider can serve the request now.' },
  provider_timeout: { status: 504, message: 'The provider did not answer in time.' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>

export type ErrorKind = keyof typeof errorTable

/** The routing failures a client can act on, with the status and error kind they answer with (contract §5.4). */
export const availabilityTable = {
  model_not_found: { kind: 'invalid_request', retryable: false },
  wrong_endpoint: { kind: 'invalid_request', retryable: false },
  no_endpoints: { kind: 'not_found', retryable: false },
  model_deprecated: { kind: 'not_found', retryable: false },
  model_unavailable_upstream: { kind: 'not_found', retryable: false },
  capacity_exhausted: { kind: 'rate_limit_exceeded', retryable: true },
  temporarily_unavailable: { kind: 'provider_overloaded', retryable: true },
  region_restricted: { kind: 'permission_denied', retryable: false },
  privacy_restricted: { kind: 'not_found', retryable: false },
  constraint_filtered: { kind: 'not_found', retryable: false },
  free_variant_ended: { kind: 'not_found', retryable: false },
} as const satisfies Record<string, { readonly kind: ErrorKind; readonly retryable: boolean }>

export type AvailabilityCode = keyof typeof availabilityTable

/** Machine-readable reason why a model could not be served (contract §5.4). */
export interface Availability {
  readonly code: AvailabilityCode
  readonly requestedModels: readonly string[]
  /** Seconds. */
  readonly retryAfter?: number
  readonly affectedProviders?: readonly string[]
  readonly excludedBy?: readonly string[]
  readonly fallbackModels?: readonly string[]
  readonly constraint?: { readonly field: string; readonly detail: string }
}

export interface Issue {
  /** Where in the body, e.g. `messages[0].content`. */
  readonly path: string
  readonly message: string
}

export interface ErrorDetails {
  /** Another status than the kind's own, e.g. 529 for an overloaded provider. */
  readonly status?: number
  readonly issues?: readonly Issue[]
  readonly availability?: Availability
  /** Display name of the provider that failed. */
  readonly providerName?: string
  /** The provider's own error code. */
  readonly providerCode?: string
  /** The provider's error body as it came; kept from the client on a 500. */
  readonly raw?: unknown
  readonly previousErrors?: readonly { readonly provider: string; readonly code: number; readonly status: number }[]
  /** Response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A failure that a client may see. `message` is for the reader: what was wrong, where, and what would be right.
 * Anything thrown that is not one of these is answered as a masked 500.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly kind: ErrorKind
  readonly details: ErrorDetails

  constructor(kind: ErrorKind, message?: string, details: ErrorDetails = {}) {
    super(message ?? errorTable[kind].message)
    this.kind = kind
    this.details = details
  }

  get status(): number {
    return this.details.status ?? errorTable[this.kind].status
  }
}

/** A routing failure: its kind follows from the availability code. */
export function unavailable(message: string, availability: Availability, details: ErrorDetails = {}): GatewayError {
  return new GatewayError(availabilityTable[availability.code].kind, message, { ...details, availability })
}

/** How far to go after a failed call: decided where the knowledge is, obeyed by the attempt loop (design law 4). */
export interface Retry {
  readonly scope: 'same' | 'next-credential' | 'next-endpoint' | 'larger-context' | 'next-model' | 'never'
  /** Milliseconds that the upstream asked to wait. */
  readonly afterMs?: number
}
