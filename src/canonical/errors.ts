import { oneWord } from '../util/one-word.ts'
import type { FileAnnotation } from './annotation.ts'

interface ErrorRow {
  readonly status: number
  readonly message: string
  readonly meaning: string
  /** Whether and how to try again. */
  readonly advice: string
}

/**
 * Every kind of error that the API answers with: its HTTP status, its default message, when it happens, and what a client can do.
 * `docs/errors.md` and `/docs/errors` are made from this table. Source: contract §5.2.
 */
export const errorTable = {
  invalid_request: {
    status: 400,
    message: 'The request is not valid.',
    meaning:
      'The body, a parameter or a header is wrong, or asks for something that this gateway does not have; `metadata.issues` says where.',
    advice: 'Correct the request first.',
  },
  invalid_prompt: {
    status: 400,
    message: 'The messages are not valid.',
    meaning:
      'The messages are well formed but make no sense together, such as the result of a tool call that no earlier message made.',
    advice: 'Correct the messages first.',
  },
  context_length_exceeded: {
    status: 400,
    message: 'The prompt and the requested output exceed the context window.',
    meaning: 'The prompt and the requested output together are longer than the context window of the model.',
    advice:
      'Shorten the prompt, have it shortened by switching on the plugin `context-compression`, ask for less output, or name a model with a larger window in `models`.',
  },
  max_tokens_exceeded: {
    status: 400,
    message: 'The requested output is longer than the model allows.',
    meaning: '`max_tokens` is higher than the model can write.',
    advice: 'Lower `max_tokens`.',
  },
  content_policy_violation: {
    status: 400,
    message: 'The provider refused the content.',
    meaning: 'The provider refuses to work on this content.',
    advice: 'Change the content, or name another model in `models`.',
  },
  invalid_image: {
    status: 400,
    message: 'An image cannot be used.',
    meaning: 'An image cannot be read, or is of a kind that the model does not take.',
    advice: 'Send another image.',
  },
  image_too_large: {
    status: 400,
    message: 'An image is too large.',
    meaning: 'What the address of an image leads to is larger than this gateway takes.',
    advice: 'Send a smaller image.',
  },
  unsupported_image_format: {
    status: 400,
    message: 'An image has a format that is not supported.',
    meaning: 'What the address of an image leads to is no image.',
    advice: 'Send another image, or the address of the image itself instead of a page that shows it.',
  },
  image_download_failed: {
    status: 400,
    message: 'An image could not be downloaded.',
    meaning: 'The server that an image’s address names does not answer, or answers with an error.',
    advice: 'Look whether the address works, or send the image as a data URL.',
  },
  authentication: {
    status: 401,
    message: 'Missing Authentication header',
    meaning:
      'There is no key in the `Authorization` header, or it is unknown, disabled or expired. Where `metadata.is_byok` is true, the provider refused the key that the account brought for it.',
    advice: 'Send a valid key: `Authorization: Bearer …`, or replace the account’s key for the provider.',
  },
  payment_required: {
    status: 402,
    message: 'The account has no credits left.',
    meaning:
      'The credits of the account do not pay for this request; where `metadata.is_byok` is true, the credits of the account at the provider. A limit of the key itself is a 403.',
    advice: 'Add credits to the account, or ask for less.',
  },
  permission_denied: {
    status: 403,
    message: 'The key may not do this.',
    meaning:
      'The key is valid but may not do this, or has spent its limit (`metadata.limit_source` is `key_limit`), or the content is blocked; where `metadata.is_byok` is true, the key that the account brought for the provider may not do this.',
    advice: 'Use another key, raise the limit of this one, or change what is blocked.',
  },
  not_found: {
    status: 404,
    message: 'There is nothing here.',
    meaning: 'There is no such address, record or model, or no endpoint of the model meets the request.',
    advice: 'Correct the address or the id, or loosen what the request demands of an endpoint.',
  },
  image_not_found: {
    status: 404,
    message: 'There is no image at its address.',
    meaning: 'The server that an image’s address names has no such image.',
    advice: 'Correct the address, or send the image as a data URL.',
  },
  method_not_allowed: {
    status: 405,
    message: 'This address does not take that method.',
    meaning: 'The address exists but takes another method; the `Allow` header names it.',
    advice: 'Use a method that `Allow` names.',
  },
  timeout: {
    status: 408,
    message: 'The request took too long.',
    meaning:
      'The time limit of the whole request ran out before any provider had been called, because the request itself came slowly. A provider that is late is a 504.',
    advice: 'Send the request faster: a smaller body, or over a better connection.',
  },
  conflict: {
    status: 409,
    message: 'The request conflicts with the present state.',
    meaning: 'Something else changed or has the same name.',
    advice: 'Read the present state, then decide.',
  },
  payload_too_large: {
    status: 413,
    message: 'The request body is too large.',
    meaning: 'The body is larger than this gateway or the provider takes.',
    advice: 'Send less.',
  },
  unsupported_media_type: {
    status: 415,
    message: 'The request body must be plain JSON.',
    meaning: 'The body is compressed or otherwise not plain JSON.',
    advice: 'Send JSON without `Content-Encoding`.',
  },
  unprocessable: {
    status: 422,
    message: 'The request is well formed but cannot be carried out.',
    meaning: 'The provider understood the request and cannot carry it out.',
    advice: 'Change the request first.',
  },
  rate_limit_exceeded: {
    status: 429,
    message: 'Too many requests.',
    meaning: 'The key asked too often, or every provider of the model is rate limited.',
    advice: 'Wait as long as `Retry-After` says, or longer each time when it is absent; then repeat it.',
  },
  server: {
    status: 500,
    message: 'Internal Server Error',
    meaning: 'A fault of this gateway, whose cause is only in its log.',
    advice: 'Repeat it once; if it stays, report the `X-Request-Id` to the operator of the gateway.',
  },
  provider_unavailable: {
    status: 502,
    message: 'Provider returned error',
    meaning:
      'The provider is down, refused the gateway’s own credentials, or answered with something that is no answer.',
    advice: 'Repeat it after a pause, or allow other providers or models.',
  },
  provider_overloaded: {
    status: 503,
    message: 'No provider can serve the request now.',
    meaning: 'No provider can serve the request now. 529 when the only provider that was called reported it.',
    advice: 'Wait as long as `Retry-After` says, or longer each time when it is absent; then repeat it.',
  },
  provider_timeout: {
    status: 504,
    message: 'The provider did not answer in time.',
    meaning:
      'The provider accepted no connection in time, did not begin its answer, stopped in the middle of it, did not finish it within the limit of the whole request, or reported that it was too slow (408, 504, 524). Where several providers were called, 503.',
    advice: 'Repeat it, or allow other providers or models.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorKind = keyof typeof errorTable

export const isErrorKind = (word: string): word is ErrorKind => Object.hasOwn(errorTable, word)

/** All kinds, in the order of their statuses. */
export const errorKinds: readonly ErrorKind[] = Object.keys(errorTable).filter(isErrorKind)

/** Returns the `error_type` of a kind, as the API publishes it. Two kinds share one. */
export const errorType = (kind: ErrorKind): string => (kind === 'provider_timeout' ? 'timeout' : kind)

/** The routing errors that a client can act on, with their error kind, which determines the status (contract §5.4). */
export const availabilityTable = {
  model_not_found: {
    kind: 'invalid_request',
    retryable: false,
    meaning: 'No model has this slug or alias.',
  },
  wrong_endpoint: {
    kind: 'invalid_request',
    retryable: false,
    meaning:
      'The model is served at another address, e.g. an embedding model asked to chat; `constraint.detail` names it.',
  },
  no_endpoints: {
    kind: 'not_found',
    retryable: false,
    meaning:
      'The model is known, but no endpoint here serves it, or none with the input and output that the request needs.',
  },
  model_deprecated: {
    kind: 'not_found',
    retryable: false,
    meaning: 'The model was retired.',
  },
  model_unavailable_upstream: {
    kind: 'not_found',
    retryable: false,
    meaning: 'Every provider that was called reports that it does not have the model.',
  },
  capacity_exhausted: {
    kind: 'rate_limit_exceeded',
    retryable: true,
    meaning: 'Every provider that was called is rate limited.',
  },
  temporarily_unavailable: {
    kind: 'provider_overloaded',
    retryable: true,
    meaning: 'Every provider that was called failed in a way that passes.',
  },
  region_restricted: {
    kind: 'permission_denied',
    retryable: false,
    meaning: 'The model may not be used from where the request comes.',
  },
  privacy_restricted: {
    kind: 'not_found',
    retryable: false,
    meaning: 'No endpoint meets the data policy that the request asks for.',
  },
  constraint_filtered: {
    kind: 'not_found',
    retryable: false,
    meaning: 'No endpoint meets a constraint of the request; `constraint` names the one that left none over.',
  },
  free_variant_ended: {
    kind: 'not_found',
    retryable: false,
    meaning: 'The model is no longer free; its paid variant may still be there.',
  },
} as const satisfies Record<string, { readonly kind: ErrorKind; readonly retryable: boolean; readonly meaning: string }>

export type AvailabilityCode = keyof typeof availabilityTable

export const availabilityCodes: readonly AvailabilityCode[] = Object.keys(availabilityTable).filter(
  (code): code is AvailabilityCode => Object.hasOwn(availabilityTable, code),
)

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
  /** The place in the body, e.g. `messages[0].content`. */
  readonly path: string
  readonly message: string
}

/** Why moderation refused a request (contract §5.3). */
export interface ModerationRefusal {
  readonly reasons: readonly string[]
  /** At most 100 characters, with `...` in place of the middle. */
  readonly flaggedInput: string
  readonly providerName: string
  readonly modelSlug: string
}

export interface ErrorDetails {
  /** A status that differs from that of the kind, e.g. 529 for an overloaded provider. */
  readonly status?: number
  readonly issues?: readonly Issue[]
  readonly availability?: Availability
  /** Display name of the provider that failed. */
  readonly providerName?: string
  /** Whether the call was made with a key that the account brought for the provider. */
  readonly isByok?: true
  /** The status with which the provider itself answered, for the log. */
  readonly upstreamStatus?: number
  /** The provider's own error code. */
  readonly providerCode?: string
  /**
   * The error body of the provider as it was received. Not shown to the client on a 500. Every error whose message quotes a provider has it: such a
   * message may quote the prompt in turn.
   */
  readonly raw?: unknown
  readonly previousErrors?: readonly { readonly provider: string; readonly code: number; readonly status: number }[]
  /** The limit that refused the request. */
  readonly limitSource?: 'key_limit' | 'credits'
  /** What moderation flagged. */
  readonly moderation?: ModerationRefusal
  /** The documents that were parsed before the request failed, so that they need not be parsed again (contract §2.3). */
  readonly fileAnnotations?: readonly FileAnnotation[]
  /** Response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An error that a client may see. `message` tells the reader what was wrong, where, and what would be right. Any other error that is thrown
 * is answered as a 500 without details.
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

/** Returns the message that clients get. What a 500 says is only in the log. */
export const shownMessage = ({ status, message }: GatewayError): string =>
  status === 500 ? errorTable.server.message : message

/** Returns the same without what a provider said: only its error code is left, where that is one word. */
export function ownMessage(error: GatewayError): string {
  if (error.details.raw === undefined) return shownMessage(error)
  const code = wordOfProvider(error)
  return `${errorTable[error.kind].message}${code === null ? '' : ` (${code})`}`
}

/** Returns the provider's own error code; null where it is more than one word, which may quote the prompt. */
export const wordOfProvider = ({ details }: GatewayError): string | null => oneWord(details.providerCode)

/** Makes a routing error. Its kind follows from the availability code. */
export function unavailable(message: string, availability: Availability, details: ErrorDetails = {}): GatewayError {
  return new GatewayError(availabilityTable[availability.code].kind, message, { ...details, availability })
}

/** How far to go after a failed call. The adapter that read the upstream's error decides it, and the attempt loop follows it (principle 4). */
export interface Retry {
  readonly scope: 'same' | 'next-credential' | 'next-endpoint' | 'larger-context' | 'next-model' | 'never'
  /** Milliseconds that the upstream asked to wait. */
  readonly afterMs?: number
}
