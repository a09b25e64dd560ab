import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { DeferredToolsSchema } from '../../gateway-fields/schema/deferred-tools.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'
import { StopConditionSchema } from '../../gateway-fields/schema/stop-condition.ts'
import { AssistantBlockSchema, TextBlockSchema, UserBlockSchema } from './block.ts'
import { ToolChoiceSchema, ToolSchema } from './tool.ts'

const Effort = Type.Enum(['low', 'medium', 'high', 'xhigh', 'max'])

const common = {
  output_config: nullish(Type.Object({ effort: nullish(Effort) }, { description: 'From here on.' })),
  clear_at: nullish(Type.Enum(['next_user_message', 'never'])),
}

const MessageSchema = Type.Union(
  [
    Type.Object(
      {
        role: Type.Literal('user'),
        content: Type.Union([Type.String(), Type.Array(UserBlockSchema)]),
        ...common,
      },
      { title: 'UserTurn' },
    ),
    Type.Object(
      {
        role: Type.Literal('assistant'),
        content: Type.Union([Type.String(), Type.Array(AssistantBlockSchema)]),
        ...common,
      },
      { title: 'AssistantTurn', description: 'An earlier answer; as the last message, the beginning of this one.' },
    ),
    Type.Object(
      {
        role: Type.Literal('system'),
        content: Type.Union([Type.String(), Type.Array(TextBlockSchema)]),
        ...common,
      },
      { title: 'SystemTurn', description: 'Instructions that hold from here on.' },
    ),
  ],
  { title: 'MessageTurn', description: 'One turn of the conversation.' },
)

const { route, provider, plugins, models, session_id, trace, debug, preset, transforms } = gatewayProperties

/** `POST /messages`. Unknown keys are allowed and go to upstreams of the same language. Source: contract §8.A5. */
export const MessagesRequestSchema = Type.Object(
  {
    model: gatewayProperties.model,
    messages: Type.Array(MessageSchema, { minItems: 1, description: 'The conversation so far.' }),
    max_tokens: nullish(Type.Integer({ minimum: 1, description: 'Tokens that the reply may have.' })),
    system: nullish(
      Type.Union([Type.String(), Type.Array(TextBlockSchema)], { description: 'Instructions to the model.' }),
    ),
    stop_sequences: nullish(Type.Array(Type.String(), { description: 'Texts that end the reply.' })),
    temperature: nullish(Type.Number({ minimum: 0, maximum: 2 })),
    top_p: nullish(Type.Number({ minimum: 0, maximum: 1 })),
    top_k: nullish(Type.Integer({ minimum: 0 })),
    stream: gatewayProperties.stream,
    tools: nullish(Type.Array(ToolSchema, { description: 'What the model may call.' })),
    tool_choice: nullish(ToolChoiceSchema),
    thinking: nullish(
      Type.Union(
        [
          Type.Object({ type: Type.Literal('enabled'), budget_tokens: Type.Integer({ minimum: 1 }) }),
          Type.Object({ type: Type.Enum(['adaptive', 'disabled', 'between_tools']) }),
        ],
        { description: 'Whether the model thinks before it answers.' },
      ),
    ),
    output_config: nullish(
      Type.Object(
        {
          effort: nullish(Effort),
          format: nullish(Type.Object({ type: Type.Literal('json_schema'), schema: OpenObject })),
        },
        { description: 'How hard the model tries, and in what form it answers.' },
      ),
    ),
    metadata: nullish(
      Type.Object(
        { user_id: nullish(Type.String()) },
        { description: '`user_id` is the end user. Sent upstream only as a hash.' },
      ),
    ),
    cache_control: nullish(CacheControlSchema),
    service_tier: nullish(
      Type.Enum(['auto', 'standard_only', 'default', 'flex', 'priority', 'scale', 'fast', 'ultrafast'], {
        description: 'Anthropic’s `auto` and `standard_only`, or a tier as in chat completions.',
      }),
    ),
    speed: nullish(Type.Enum(['fast', 'standard'], { description: '`fast` is the tier `priority`.' })),
    fallbacks: nullish(
      Type.Array(Type.Object({ model: Type.String({ maxLength: 512 }) }, { additionalProperties: false }), {
        maxItems: 3,
        description: 'Models to fall back to. Not beside `models`.',
      }),
    ),
    thread: nullish(Type.Unknown({ description: 'Anthropic’s conversations kept at the server. Not possible here.' })),
    safeguards: nullish(Type.Array(Type.Object({ type: Type.String() }))),
    user: shortUser,
    deferred_tools: nullish(DeferredToolsSchema),
    max_tool_calls: nullish(
      Type.Integer({ minimum: 1, default: 30, description: 'Steps of the server-tool loop; above 30 means 30.' }),
    ),
    stop_server_tools_when: nullish(
      Type.Array(StopConditionSchema, {
        minItems: 1,
        description: 'Any one that is met ends the loop of server tools.',
      }),
    ),
    ...{ models, route, provider, plugins, session_id, trace, debug, preset, transforms },
  },
  { title: 'MessagesRequest', description: 'A conversation to continue, in Anthropic’s words.' },
)

export type MessagesRequest = Static<typeof MessagesRequestSchema>
export type WireMessage = MessagesRequest['messages'][number]
