import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { serverToolSchemas, serverToolTypes, type WireServerTool } from '../../gateway-fields/schema/server-tool.ts'

const CustomToolSchema = Type.Object(
  {
    type: nullish(Type.Literal('custom')),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    description: nullish(Type.String()),
    input_schema: OpenObject,
    strict: nullish(Type.Boolean()),
    defer_loading: nullish(Type.Boolean()),
    cache_control: nullish(CacheControlSchema),
  },
  { title: 'CustomTool', description: 'A tool that the client runs.' },
)

const gatewayTypes = [...serverToolTypes, 'custom'].map((type) => type.replaceAll(/[.:]/g, '[.:]'))

const AnthropicToolSchema = Type.Object(
  {
    type: Type.String({
      pattern: `^(?!(?:${gatewayTypes.join('|')})$)[a-z][a-z0-9_:]{0,127}$`,
      'x-expects': 'the type of a tool of Anthropic’s',
    }),
    name: nullish(Type.String({ minLength: 1, maxLength: 128 })),
    max_uses: nullish(Type.Integer({ minimum: 1 })),
    allowed_domains: nullish(Type.Array(Type.String(), { maxItems: 1024 })),
    blocked_domains: nullish(Type.Array(Type.String(), { maxItems: 1024 })),
    max_content_tokens: nullish(Type.Integer({ minimum: 1 })),
    user_location: nullish(OpenObject),
  },
  { title: 'AnthropicTool', description: 'A tool that Anthropic defines, such as `web_search_20250305`.' },
)

type AnthropicTool = Omit<Static<typeof AnthropicToolSchema>, 'type'> & { readonly type: `_${string}` }

/** Source: contract §8.A5. */
export const ToolSchema = Type.Unsafe<Static<typeof CustomToolSchema> | WireServerTool | AnthropicTool>(
  Type.Union([CustomToolSchema, ...serverToolSchemas, AnthropicToolSchema], {
    title: 'MessagesTool',
    description: 'What the model may call: a tool of the client’s, one that the gateway runs, or one of Anthropic’s.',
  }),
)

const single = { disable_parallel_tool_use: nullish(Type.Boolean()) }

export const ToolChoiceSchema = Type.Union([
  Type.Object({ type: Type.Enum(['auto', 'any']), ...single }),
  Type.Object({ type: Type.Literal('none') }),
  Type.Object({ type: Type.Literal('tool'), name: Type.String({ minLength: 1 }), ...single }),
])

export type WireTool = Static<typeof ToolSchema>
export type WireToolChoice = Static<typeof ToolChoiceSchema>
