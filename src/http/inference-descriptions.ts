import { Type } from 'typebox'
import type { ErrorKind } from '../canonical/errors.ts'
import type { Parameter } from './http-route.ts'

/** The headers that every generation accepts. Source: contract §0.a. */
export const inferenceHeaders: readonly Parameter[] = [
  {
    name: 'X-OpenRouter-Metadata',
    in: 'header',
    description: '`enabled`, in any letter case, adds `openrouter_metadata` to the reply: how the request was routed.',
    schema: Type.String({ default: 'disabled' }),
  },
  {
    name: 'X-OpenRouter-Experimental-Metadata',
    in: 'header',
    description: 'An older name of `X-OpenRouter-Metadata`.',
    schema: Type.String({ default: 'disabled' }),
    deprecated: true,
  },
  {
    name: 'X-Session-Id',
    in: 'header',
    description: 'The same as `session_id` in the body, which has priority.',
    schema: Type.String({ maxLength: 256 }),
  },
  {
    name: 'HTTP-Referer',
    in: 'header',
    description: 'The address of the client’s app; stored with the generation.',
    schema: Type.String(),
  },
  {
    name: 'X-OpenRouter-Title',
    in: 'header',
    description: 'The name of the client’s app. `X-Title` is the same.',
    schema: Type.String(),
  },
  {
    name: 'X-Waygate-Stream-Rescue',
    in: 'header',
    description:
      '`continue`: when a provider breaks off a stream, another one continues the answer, where that is possible without a lost or repeated character. `off`: the stream ends with an error. Default: the configured value.',
    schema: Type.String(),
  },
]

/** The headers that clients of Anthropic's send. */
export const anthropicHeaders: readonly Parameter[] = [
  {
    name: 'X-Api-Key',
    in: 'header',
    description: 'The API key, in place of `Authorization`.',
    schema: Type.String(),
  },
  {
    name: 'Anthropic-Version',
    in: 'header',
    description: 'Accepted and not needed.',
    schema: Type.String(),
  },
  {
    name: 'Anthropic-Beta',
    in: 'header',
    description: 'Features of Anthropic’s, separated by commas. They go to Anthropic’s own endpoints.',
    schema: Type.String(),
  },
]

/** The kinds of errors with which a generation may fail. */
export const inferenceErrors: readonly ErrorKind[] = [
  'invalid_request',
  'invalid_prompt',
  'context_length_exceeded',
  'max_tokens_exceeded',
  'content_policy_violation',
  'invalid_image',
  'image_too_large',
  'unsupported_image_format',
  'image_download_failed',
  'authentication',
  'payment_required',
  'permission_denied',
  'not_found',
  'image_not_found',
  'timeout',
  'payload_too_large',
  'unsupported_media_type',
  'unprocessable',
  'rate_limit_exceeded',
  'server',
  'provider_unavailable',
  'provider_overloaded',
  'provider_timeout',
]

/** The part about streams in the descriptions of OpenAI's operations. */
export const streamDescription =
  'With `stream: true` the reply is an event stream: each event is one chunk, comments keep the connection open, and the last event is `[DONE]`. ' +
  'A failure after the stream has begun is sent as a chunk with `error`.'
