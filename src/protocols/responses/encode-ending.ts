import { errorType, GatewayError } from '../../canonical/errors.ts'
import type { FinishReason } from '../../canonical/generation-event.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeErrorObject } from '../gateway-fields/encode-error.ts'

/** Returns why an answer is not complete, as `incomplete_details.reason` names it; undefined where it is complete. */
export function incompleteReason(reason: FinishReason | null): string | undefined {
  if (reason === 'length') return 'max_output_tokens'
  return reason === 'content_filter' ? 'content_filter' : undefined
}

const codes: Readonly<Record<string, string>> = {
  rate_limit_exceeded: 'rate_limit_exceeded',
  context_length_exceeded: 'invalid_prompt',
  invalid_request: 'invalid_prompt',
  invalid_prompt: 'invalid_prompt',
  content_policy_violation: 'image_content_policy_violation',
  permission_denied: 'permission_denied',
}

/** The language's own code for an error (contract §8.A6). */
const codeOf = ({ kind }: GatewayError): string => codes[errorType(kind)] ?? 'server_error'

/** Encodes an error inside a response, with the fields that the gateway adds to every error. */
export function encodeResponseError(error: GatewayError): JsonObject {
  const { code: _, message, ...beside } = encodeErrorObject(error)
  return { code: codeOf(error), message, ...beside }
}

/** Returns the error for an answer that the provider itself reports as failed. The client gets this error in place of the answer. */
export const failedAnswer = (native: string | null): GatewayError =>
  new GatewayError('provider_unavailable', `The provider broke the answer off: ${native ?? 'error'}.`)
