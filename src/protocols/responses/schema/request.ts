import { Type, type Static } from 'typebox'
import { ReasoningSchema } from '../../../canonical/settings/reasoning.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { DeferredToolsSchema } from '../../gateway-fields/schema/deferred-tools.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'
import { StopConditionSchema } from '../../gateway-fields/schema/stop-condition.ts'
import { samplingProperties } from '../../openai/schema/sampling.ts'
import { InputItemSchema } from './item.ts'
import { ToolChoiceSchema, ToolSchema } from './tool.ts'

const { temperature, top_p, top_k, frequency_penalty, presence_penalty, stop } = samplingProperties

/** `POST /responses`. Unknown keys are allowed and go to upstreams of the same language. Source: contract §8.A6. */
export const ResponsesRequestSchema = Type.Object(
  {
    input: Type.Union([Type.String(), Type.Array(InputItemSchema, { minItems: 1 })], {
      description: 'The conversation so far: a text, or items.',
    }),
    instructions: nullish(Type.String({ description: 'Instructions to the model.' })),
    ...gatewayProperties,
    ...{ temperature, top_p, top_k, frequency_penalty, presence_penalty, stop },
    max_output_tokens: nullish(Type.Integer({ minimum: 1, description: 'Tokens that the reply may have.' })),
    top_logprobs: nullish(Type.Integer({ minimum: 0, maximum: 20, description: 'Alternatives a token.' })),
    reasoning: nullish(ReasoningSchema),
    text: nullish(
      Type.Object(
        {
          format: nullish(
            Type.Union([
              Type.Object({ type: Type.Enum(['text', 'json_object']) }),
              Type.Object(
                {
                  type: Type.Literal('json_schema'),
                  name: Type.String({ minLength: 1, maxLength: 64 }),
                  description: nullish(Type.String()),
                  schema: OpenObject,
                  strict: nullish(Type.Boolean()),
                },
                { title: 'SchemaFormat' },
              ),
            ]),
          ),
          verbosity: nullish(Type.Enum(['low', 'medium', 'high', 'xhigh', 'max'])),
        },
        { title: 'ResponsesText', description: 'In what form the model answers, and how wordy.' },
      ),
    ),
    tools: nullish(Type.Array(ToolSchema, { description: 'What the model may call.' })),
    tool_choice: nullish(ToolChoiceSchema),
    parallel_tool_calls: nullish(Type.Boolean({ description: 'Whether the model may call several tools at once.' })),
    max_tool_calls: nullish(
      Type.Integer({ minimum: 1, default: 30, description: 'Steps of the server-tool loop; above 30 means 30.' }),
    ),
    stop_server_tools_when: nullish(
      Type.Array(StopConditionSchema, {
        minItems: 1,
        description: 'Any one that is met ends the loop of server tools.',
      }),
    ),
    deferred_tools: nullish(DeferredToolsSchema),
    include: nullish(
      Type.Array(Type.String(), {
        description: 'What else the reply shall hold. Encrypted thoughts always are in it.',
      }),
    ),
    truncation: nullish(
      Type.Enum(['auto', 'disabled'], {
        description: '`auto`: the middle of a conversation that is too long is left out.',
      }),
    ),
    modalities: nullish(Type.Array(Type.Enum(['text', 'image']), { description: 'What the reply may hold.' })),
    image_config: nullish(OpenObject),
    prompt_cache_key: nullish(Type.String({ maxLength: 1024 })),
    prompt_cache_options: nullish(Type.Object({ mode: Type.Literal('explicit'), ttl: nullish(Type.String()) })),
    safety_identifier: nullish(
      Type.String({ maxLength: 256, description: 'The end user, as `user`. Sent upstream only as a hash.' }),
    ),
    user: shortUser,
    store: nullish(Type.Boolean({ description: 'Nothing is kept here: only `false`.' })),
    background: nullish(
      Type.Boolean({ description: 'Only `false`: an answer that nobody waits for is not possible here.' }),
    ),
    previous_response_id: nullish(Type.String({ description: 'Not possible: nothing is kept here.' })),
    conversation: nullish(Type.Unknown({ description: 'Not possible: nothing is kept here.' })),
    prompt: nullish(Type.Unknown({ description: 'Not possible: templates are stored at OpenAI.' })),
  },
  { title: 'ResponsesRequest', description: 'A conversation to continue, in OpenAI’s words.' },
)

export type ResponsesRequest = Static<typeof ResponsesRequestSchema>
