import { Type } from 'typebox'
import type { ErrorKind } from '../../../canonical/errors.ts'
import { ChatCompletionsChunkSchema } from '../../../protocols/chat-completions/schema/chunk.ts'
import { ChatCompletionsRequestSchema } from '../../../protocols/chat-completions/schema/request.ts'
import { ChatCompletionsResponseSchema } from '../../../protocols/chat-completions/schema/response.ts'
import { CompletionsChunkSchema } from '../../../protocols/completions/schema/chunk.ts'
import { CompletionsRequestSchema } from '../../../protocols/completions/schema/request.ts'
import { CompletionsResponseSchema } from '../../../protocols/completions/schema/response.ts'
import type { Group, Operation, Parameter } from '../operation.ts'

const group: Group = { name: 'Generation', description: 'Ask a model.' }

/** Contract §0.a. */
const headers: readonly Parameter[] = [
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

const errors: readonly ErrorKind[] = [
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

const streaming =
  'With `stream: true` the reply is an event stream: each event is one chunk, comments keep the connection alive, the last event is `[DONE]`. ' +
  'A failure after the stream began comes as a chunk with `error`.'

export const inferenceOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/chat/completions',
    id: 'createChatCompletion',
    group,
    summary: 'Continue a conversation',
    description: `Sends a conversation to a model and returns its answer. ${streaming}`,
    authenticated: true,
    parameters: headers,
    body: {
      schema: ChatCompletionsRequestSchema,
      example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
    },
    success: {
      description: 'The answer, whole or as a stream.',
      json: ChatCompletionsResponseSchema,
      event: ChatCompletionsChunkSchema,
      isGeneration: true,
    },
    errors,
  },
  {
    method: 'post',
    path: '/completions',
    id: 'createCompletion',
    group,
    summary: 'Continue a text',
    description: `The older form without a conversation: sends a text to a model and returns what follows it. ${streaming}`,
    authenticated: true,
    parameters: headers,
    body: {
      schema: CompletionsRequestSchema,
      example: { model: 'waygate/simulator', prompt: 'Once upon a time' },
    },
    success: {
      description: 'What follows the text, whole or as a stream.',
      json: CompletionsResponseSchema,
      event: CompletionsChunkSchema,
      isGeneration: true,
    },
    errors,
  },
]
