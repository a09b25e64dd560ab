import { Type } from 'typebox'
import type { ErrorKind } from '../canonical/errors.ts'
import type { Parameter } from './http-route.ts'

/** The headers that every generation takes. Source: contract §0.a. */
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
    description: 'Older name of `X-OpenRouter-Metadata`.',
    schema: Type.String({ default: 'disabled' }),
    deprecated: true,
  },
  {
    name: 'X-Session-Id',
    in: 'header',
    description: 'The same as `session_id` in the body, which wins.',
    schema: Type.String({ maxLength: 256 }),
  },
  {
    name: 'HTTP-Referer',
    in: 'header',
    description: 'Address of the app that asks; stored with the generation.',
    schema: Type.String(),
  },
  {
    name: 'X-OpenRouter-Title',
    in: 'header',
    description: 'Name of the app that asks. `X-Title` is the same.',
    schema: Type.String(),
  },
  {
    name: 'X-Waygate-Stream-Rescue',
    in: 'header',
    description:
      '`continue`: when the provider of a stream breaks off, another goes on with the answer where that can be done without losing or doubling a character. `off`: the stream ends with an error. Default: as configured.',
    schema: Type.String(),
  },
]

/** The kinds of errors that a generation may be answered with. */
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

/** What the description of an operation says of its streams in the languages of OpenAI. */
export const streamWords =
  'With `stream: true` the reply is an event stream: each event is one chunk, comments keep the connection alive, the last event is `[DONE]`. ' +
  'A failure after the stream began comes as a chunk with `error`.'
