import { errorType, GatewayError } from '../../canonical/errors.ts'
import type { FinishReason } from '../../canonical/generation-event.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeErrorObject } from '../gateway-fields/encode-error.ts'

/** Why an answer is not complete, in this language's words; undefined where it is. */
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

/** An error inside a response, with what the gateway says of every error beside it. */
export function encodeResponseError(error: GatewayError): JsonObject {
  const { code: _, message, ...beside } = encodeErrorObject(error)
  return { code: codeOf(error), message, ...beside }
}

/** An answer that the provider itself calls failed is none. */
export const failedAnswer = (native: string | null): GatewayError =>
  new GatewayError('provider_unavailable', `The provider broke the answer off: ${native ?? 'error'}.`)
