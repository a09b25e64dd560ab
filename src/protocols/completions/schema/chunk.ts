import { Type } from 'typebox'
import { ErrorBodySchema } from '../../gateway-fields/schema/error-response.ts'
import { UsageSchema } from '../../gateway-fields/schema/usage.ts'
import { CompletionsFinishReasonSchema, completionsChoiceProperties, completionsReplyProperties } from './response.ts'

/** One event of a streamed reply. The finish reason is null until a choice ends. Source: contract §7.2. */
export const CompletionsChunkSchema = Type.Object(
  {
    ...completionsReplyProperties,
    choices: Type.Array(
      Type.Object(
        {
          ...completionsChoiceProperties,
          finish_reason: Type.Union([CompletionsFinishReasonSchema, Type.Null()]),
        },
        { title: 'CompletionsChunkChoice' },
      ),
      { description: 'Always there; empty in the chunk of usage.' },
    ),
    usage: Type.Optional(UsageSchema),
    error: Type.Optional(ErrorBodySchema),
    debug: Type.Optional(Type.Object({ echo_upstream_body: Type.Unknown() })),
  },
  { title: 'CompletionsChunk', description: 'One event of a streamed reply.' },
)
