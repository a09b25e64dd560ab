import { Type } from 'typebox'
import { AnnotationSchema } from '../../openai/schema/annotation.ts'
import { ErrorBodySchema } from '../../gateway-fields/schema/error-response.ts'
import { ChatLogprobsSchema } from '../../openai/schema/logprobs.ts'
import { ReasoningDetailSchema } from '../../gateway-fields/schema/reasoning-detail.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'
import { UsageSchema } from '../../gateway-fields/schema/usage.ts'
import { FinishReasonSchema, OutputAudioSchema, OutputImageSchema } from './response.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])

/** `function` is in every delta of a call: the AI SDK reads it unasked (contract row 30). */
const ToolCallDeltaSchema = Type.Object(
  {
    index: Type.Integer({ minimum: 0 }),
    id: Type.Optional(Type.String({ minLength: 1 })),
    type: Type.Optional(Type.Literal('function')),
    function: Type.Object({ name: Type.Optional(Type.String()), arguments: Type.Optional(Type.String()) }),
  },
  { title: 'ToolCallDelta', description: 'The first delta of a call has id, type and name.' },
)

const DeltaSchema = Type.Object(
  {
    role: Type.Optional(Type.Literal('assistant')),
    content: Type.Optional(Nullable),
    refusal: Type.Optional(Nullable),
    reasoning: Type.Optional(Nullable),
    reasoning_details: Type.Optional(Type.Array(ReasoningDetailSchema)),
    tool_calls: Type.Optional(Type.Array(ToolCallDeltaSchema, { minItems: 1 })),
    annotations: Type.Optional(Type.Array(AnnotationSchema)),
    images: Type.Optional(Type.Array(OutputImageSchema)),
    audio: Type.Optional(OutputAudioSchema),
  },
  { title: 'Delta', description: 'What came since the last event.' },
)

/**
 * One event of a streamed reply. `error`, `usage` and `system_fingerprint` are left out rather than null: the official
 * SDK cannot decode the nulls, and clients take the mere key `error` for a failure. Source: contract §4.2.
 */
export const ChatCompletionsChunkSchema = Type.Object(
  {
    id: Type.String({ pattern: '^gen-', 'x-expects': 'an id that begins with "gen-"' }),
    object: Type.Literal('chat.completion.chunk'),
    created: Type.Integer({ description: 'Unix seconds.' }),
    model: Type.String({ minLength: 1 }),
    provider: Type.Optional(Type.String({ minLength: 1 })),
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0 }),
          delta: DeltaSchema,
          finish_reason: Type.Union([FinishReasonSchema, Type.Null()]),
          native_finish_reason: Type.Optional(Nullable),
          logprobs: Type.Optional(Type.Union([ChatLogprobsSchema, Type.Null()])),
        },
        { title: 'ChunkChoice' },
      ),
      { description: 'Always there; empty in the chunks of usage and of the debug echo.' },
    ),
    system_fingerprint: Type.Optional(Type.String()),
    service_tier: Type.Optional(Nullable),
    usage: Type.Optional(UsageSchema),
    error: Type.Optional(ErrorBodySchema),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
    debug: Type.Optional(Type.Object({ echo_upstream_body: Type.Unknown() })),
  },
  { title: 'ChatCompletionsChunk', description: 'One event of a streamed reply.' },
)
