import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { mostChoices } from '../../../canonical/most-choices.ts'
import { DeferredToolsSchema } from '../../gateway-fields/schema/deferred-tools.ts'
import { gatewayProperties } from '../../gateway-fields/schema/gateway-fields.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { reasoningProperties } from '../../../canonical/settings/reasoning.ts'
import { ResponseFormatSchema } from '../../openai/schema/response-format.ts'
import { samplingProperties } from '../../openai/schema/sampling.ts'
import { StopConditionSchema } from '../../gateway-fields/schema/stop-condition.ts'
import { SearchContextSize } from '../../../canonical/settings/web-search.ts'
import { MessageSchema } from './message.ts'
import { ToolChoiceSchema, ToolSchema } from './tool.ts'

/** `POST /chat/completions`. Unknown keys are allowed and offered to the upstream. Source: contract §1.1. */
export const ChatCompletionsRequestSchema = Type.Object(
  {
    messages: Type.Array(MessageSchema, { minItems: 1, description: 'The conversation so far.' }),
    ...gatewayProperties,
    ...samplingProperties,
    ...reasoningProperties,
    max_tokens: nullish(
      Type.Integer({ minimum: 1, deprecated: true, description: 'Tokens. Older twin of `max_completion_tokens`.' }),
    ),
    max_completion_tokens: nullish(Type.Integer({ minimum: 1, description: 'Tokens that the reply may have.' })),
    n: nullish(
      Type.Integer({ minimum: 1, maximum: mostChoices, description: 'Answers, where the endpoint gives several.' }),
    ),
    logprobs: nullish(Type.Boolean({ default: false, description: 'Whether to tell how likely each token was.' })),
    top_logprobs: nullish(
      Type.Integer({ minimum: 0, maximum: 20, description: 'Alternatives a token. Needs `logprobs: true`.' }),
    ),
    response_format: nullish(ResponseFormatSchema),
    structured_outputs: nullish(Type.Boolean({ description: 'Only endpoints that enforce schemas.' })),
    tools: nullish(Type.Array(ToolSchema, { description: 'What the model may call.' })),
    tool_choice: nullish(ToolChoiceSchema),
    parallel_tool_calls: nullish(Type.Boolean({ description: 'Whether the model may call several tools at once.' })),
    deferred_tools: nullish(DeferredToolsSchema),
    max_tool_calls: nullish(
      Type.Integer({ minimum: 1, default: 30, description: 'Steps of the server-tool loop; above 30 means 30.' }),
    ),
    stop_server_tools_when: nullish(
      Type.Array(StopConditionSchema, {
        minItems: 1,
        description: 'Any one that is met ends the loop of server tools. Wins over `max_tool_calls`.',
      }),
    ),
    verbosity: nullish(
      Type.Enum(['low', 'medium', 'high', 'xhigh', 'max'], { description: 'How wordy the reply is.' }),
    ),
    prediction: nullish(
      Type.Object(
        {
          type: Type.Literal('content'),
          content: Type.Union([
            Type.String(),
            Type.Array(Type.Object({ type: Type.Literal('text'), text: Type.String() })),
          ]),
        },
        { description: 'Much of the reply, where it is known before: OpenAI’s predicted outputs.' },
      ),
    ),
    modalities: nullish(Type.Array(Type.Enum(['text', 'image', 'audio']), { description: 'What the reply may hold.' })),
    audio: nullish(Type.Object({ format: nullish(Type.String()) }, { description: 'How audio output should sound.' })),
    image_config: nullish(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        ...OpenObject,
        description: 'Wishes about images to make, in the provider’s words.',
      }),
    ),
    cache_control: nullish(CacheControlSchema),
    prompt_cache_key: nullish(
      Type.String({
        // OpenAI refuses far shorter ones.
        maxLength: 1024,
        description: 'Requests with the same key share a cache: OpenAI’s parameter. At most 1,024 characters.',
      }),
    ),
    prompt_cache_options: nullish(
      Type.Object(
        {
          mode: Type.Literal('explicit'),
          ttl: nullish(Type.String({ description: 'How long each breakpoint is kept at least: `30m` or `12h`.' })),
        },
        { description: 'OpenAI’s models that take breakpoints; dropped elsewhere.' },
      ),
    ),
    speed: nullish(Type.Enum(['fast', 'standard'], { description: 'Anthropic’s word for `service_tier`.' })),
    web_search_options: nullish(
      Type.Object(
        {
          search_context_size: nullish(SearchContextSize),
          user_location: nullish(OpenObject),
        },
        { description: 'For models that search the web themselves.' },
      ),
    ),
    x_search_filter: Type.Optional(
      Type.Unknown({
        description:
          'Limits searches of X by xAI, as `x_search` of the web plugin does. Ignored where it is not valid.',
      }),
    ),
  },
  { title: 'ChatCompletionsRequest', description: 'A conversation to continue.' },
)

export type ChatCompletionsRequest = Static<typeof ChatCompletionsRequestSchema>
