import { Type } from 'typebox'
import { AnnotationSchema } from '../../openai/schema/annotation.ts'
import { ErrorBodySchema } from '../../gateway-fields/schema/error-response.ts'
import { ChatLogprobsSchema } from '../../openai/schema/logprobs.ts'
import { ReasoningDetailSchema } from '../../gateway-fields/schema/reasoning-detail.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'
import { UsageSchema } from '../../gateway-fields/schema/usage.ts'
import { ToolCallSchema } from './message.ts'

const orNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

export const FinishReasonSchema = Type.Enum(['tool_calls', 'stop', 'length', 'content_filter', 'error'], {
  title: 'FinishReason',
  description: 'Why the model stopped, in our words; `native_finish_reason` has the upstream’s own.',
})

/** The AI SDK drops an image without `type`, though the published schema has none (contract §10.24). */
export const OutputImageSchema = Type.Object(
  {
    type: Type.Literal('image_url'),
    image_url: Type.Object({ url: Type.String({ minLength: 1, description: 'A data URL or an http(s) address.' }) }),
  },
  { title: 'OutputImage', description: 'An image that the model made.' },
)

export const OutputAudioSchema = Type.Object(
  {
    id: Type.Optional(Type.String()),
    data: Type.Optional(Type.String({ description: 'Base64.' })),
    transcript: Type.Optional(Type.String()),
    expires_at: Type.Optional(Type.Integer({ description: 'Unix seconds.' })),
  },
  { title: 'OutputAudio', description: 'What the model said aloud.' },
)

const ReplyToolCallSchema = Type.Object(
  { index: Type.Optional(Type.Integer({ minimum: 0 })), ...ToolCallSchema.properties },
  { title: 'ReplyToolCall', description: 'The model’s wish to have a function run; sent back with its result.' },
)

/** Source: contract §3.3. */
const ResponseMessageSchema = Type.Object(
  {
    role: Type.Literal('assistant'),
    content: orNull('The text.'),
    refusal: Type.Optional(orNull('Why the model declined.')),
    reasoning: Type.Optional(orNull('The model’s thoughts as plain text.')),
    reasoning_details: Type.Optional(Type.Array(ReasoningDetailSchema)),
    tool_calls: Type.Optional(Type.Array(ReplyToolCallSchema, { minItems: 1 })),
    annotations: Type.Optional(Type.Array(AnnotationSchema)),
    images: Type.Optional(Type.Array(OutputImageSchema)),
    audio: Type.Optional(OutputAudioSchema),
  },
  { title: 'ResponseMessage', description: 'The answer.' },
)

/** Source: contract §3.2. */
const ChoiceSchema = Type.Object(
  {
    index: Type.Integer({ minimum: 0 }),
    message: ResponseMessageSchema,
    finish_reason: Type.Union([FinishReasonSchema, Type.Null()]),
    native_finish_reason: Type.Optional(orNull('Why it stopped, in the upstream’s words.')),
    logprobs: Type.Optional(Type.Union([ChatLogprobsSchema, Type.Null()])),
    error: Type.Optional(ErrorBodySchema),
  },
  { title: 'ChatCompletionsChoice', description: 'One answer.' },
)

/** The whole reply to `POST /chat/completions`. Source: contract §3.1. */
export const ChatCompletionsResponseSchema = Type.Object(
  {
    id: Type.String({ pattern: '^gen-', 'x-expects': 'an id that begins with "gen-"' }),
    object: Type.Literal('chat.completion'),
    created: Type.Integer({ description: 'Unix seconds.' }),
    model: Type.String({ minLength: 1, description: 'The model that answered, not the alias that was asked for.' }),
    choices: Type.Array(ChoiceSchema, { minItems: 1, description: 'The answers; one unless several were asked for.' }),
    system_fingerprint: orNull('The upstream’s configuration, where it tells.'),
    provider: Type.Optional(Type.String({ minLength: 1, description: 'Display name.' })),
    service_tier: Type.Optional(orNull('The tier that served, where the upstream tells.')),
    usage: UsageSchema,
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'ChatCompletionsResponse', description: 'The whole reply.' },
)
