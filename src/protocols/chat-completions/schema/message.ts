import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { nullish } from '../../../util/nullish.ts'
import { ReasoningEffortSchema } from '../../../canonical/settings/reasoning.ts'
import { ReasoningDetailSchema } from '../../gateway-fields/schema/reasoning-detail.ts'
import { ContentPartSchema, TextPartSchema } from './content-part.ts'

const common = {
  name: nullish(Type.String({ description: 'Who speaks, where several share a role.' })),
  // The AI SDK marks whole messages: a breakpoint on the last text part of the message.
  cache_control: nullish(CacheControlSchema),
}

const TextContent = Type.Union([Type.String(), Type.Array(TextPartSchema)])
const Content = Type.Union([Type.String(), Type.Array(ContentPartSchema)])

export const ToolCallSchema = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal('function'),
    function: Type.Object({
      name: Type.String(),
      arguments: Type.String({ description: 'JSON text as the model wrote it, valid or not.' }),
    }),
  },
  { title: 'ToolCall', description: 'The model’s wish to have a function run.' },
)

/** Citations and parsed documents that a client sends back; only what is read is described, other kinds pass. */
const EchoedAnnotation = Type.Object(
  {
    type: Type.String(),
    file: nullish(
      Type.Object({ hash: Type.String(), name: nullish(Type.String()), content: nullish(Type.Array(Type.Unknown())) }),
    ),
    url_citation: nullish(
      Type.Object({
        url: Type.String(),
        title: nullish(Type.String()),
        content: nullish(Type.String()),
        start_index: nullish(Type.Integer()),
        end_index: nullish(Type.Integer()),
      }),
    ),
  },
  { title: 'EchoedAnnotation', description: 'An annotation of an earlier answer, sent back.' },
)

const SystemMessageSchema = Type.Object(
  {
    role: Type.Enum(['system', 'developer']),
    content: TextContent,
    configuration_update: nullish(
      Type.Object(
        { reasoning: Type.Object({ effort: ReasoningEffortSchema }) },
        { description: 'How hard to think from here on. The last one holds for the whole answer.' },
      ),
    ),
    ...common,
  },
  { title: 'SystemMessage', description: 'Instructions to the model.' },
)

const UserMessageSchema = Type.Object(
  { role: Type.Literal('user'), content: Content, ...common },
  { title: 'UserMessage', description: 'What the user says.' },
)

const AssistantMessageSchema = Type.Object(
  {
    role: Type.Literal('assistant'),
    content: nullish(Content),
    tool_calls: nullish(Type.Array(ToolCallSchema)),
    refusal: nullish(Type.String()),
    reasoning: nullish(Type.String()),
    reasoning_content: nullish(Type.String({ description: 'Alias of `reasoning`.' })),
    reasoning_details: nullish(Type.Array(ReasoningDetailSchema)),
    images: nullish(Type.Array(Type.Object({ image_url: Type.Object({ url: Type.String() }) }))),
    audio: nullish(
      Type.Object({
        id: nullish(Type.String()),
        data: nullish(Type.String()),
        transcript: nullish(Type.String()),
        expires_at: nullish(Type.Integer()),
      }),
    ),
    annotations: nullish(Type.Array(EchoedAnnotation)),
    model: nullish(Type.String()),
    ...common,
  },
  { title: 'AssistantMessage', description: 'An earlier answer; as the last message, the beginning of this one.' },
)

const ToolMessageSchema = Type.Object(
  { role: Type.Literal('tool'), content: Content, tool_call_id: Type.String(), ...common },
  { title: 'ToolMessage', description: 'What a tool call returned.' },
)

/** Discriminated by `role`; unknown keys are ignored. Source: contract §2.1. */
export const MessageSchema = Type.Union(
  [UserMessageSchema, AssistantMessageSchema, ToolMessageSchema, SystemMessageSchema],
  { title: 'Message', description: 'One turn of the conversation.' },
)

export type ChatMessage = Static<typeof MessageSchema>
