import { Type } from 'typebox'
import { CompletionsLogprobsSchema } from '../../openai/schema/logprobs.ts'
import { ReasoningDetailSchema } from '../../gateway-fields/schema/reasoning-detail.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'
import { UsageSchema } from '../../gateway-fields/schema/usage.ts'

const Nullable = Type.Union([Type.String(), Type.Null()])

/** Older than tools: what has no name here ends as `stop` (contract §10.37). */
export const CompletionsFinishReasonSchema = Type.Enum(['stop', 'length', 'content_filter'], {
  title: 'CompletionsFinishReason',
})

/** What a choice has, whole or streamed. `text` is a string always: the AI SDK refuses null. */
export const completionsChoiceProperties = {
  text: Type.String(),
  index: Type.Integer({ minimum: 0 }),
  logprobs: Type.Union([CompletionsLogprobsSchema, Type.Null()]),
  native_finish_reason: Type.Optional(Nullable),
  reasoning: Type.Optional(Nullable),
  reasoning_details: Type.Optional(Type.Array(ReasoningDetailSchema)),
}

/** What a reply has, whole or streamed. `system_fingerprint` is left out when unknown, never null (contract §7.2). */
export const completionsReplyProperties = {
  id: Type.String({ pattern: '^gen-', 'x-expects': 'an id that begins with "gen-"' }),
  object: Type.Literal('text_completion'),
  created: Type.Integer({ description: 'Unix seconds.' }),
  model: Type.String({ minLength: 1 }),
  provider: Type.Optional(Type.String({ minLength: 1 })),
  system_fingerprint: Type.Optional(Type.String()),
  service_tier: Type.Optional(Nullable),
  openrouter_metadata: Type.Optional(RouterMetadataSchema),
}

/** The whole reply to `POST /completions`. Source: contract §7.2. */
export const CompletionsResponseSchema = Type.Object(
  {
    ...completionsReplyProperties,
    choices: Type.Array(
      Type.Object(
        { ...completionsChoiceProperties, finish_reason: CompletionsFinishReasonSchema },
        { title: 'CompletionsChoice' },
      ),
      { minItems: 1 },
    ),
    usage: Type.Optional(UsageSchema),
  },
  { title: 'CompletionsResponse', description: 'The whole reply.' },
)
