import { Type, type Static, type TProperties, type TSchema } from 'typebox'
import { nullish } from '../../schema/nullish.ts'
import { OpenObject } from '../../schema/open-object.ts'
import { CacheControlSchema } from './cache-control.ts'
import { ReasoningSchema } from './reasoning.ts'
import {
  Domains,
  MaxSearchResults,
  SearchContextSize,
  UserLocationSchema,
  WebSearchMode,
  XSearchSchema,
} from './web-search.ts'

const Positive = Type.Integer({ minimum: 1 })

/** `openrouter:web_search` and the shorthands that are rewritten to it. */
const webSearchTypes = [
  'openrouter:web_search',
  'web_search',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'web_search_2025_08_26',
] as const

/** Every tool that the gateway runs itself on a chat request. Source: contract §1.4, §10.33. */
export const serverToolTypes = [
  ...webSearchTypes,
  'openrouter:web_fetch',
  'openrouter:datetime',
  'openrouter:image_generation',
  'openrouter:files',
  'openrouter:fusion',
  'openrouter:advisor',
  'openrouter:subagent',
  'openrouter:experimental__search_models',
] as const

/** The AI SDK puts a server tool's arguments beside `type`, everybody else inside `parameters`: both are read. */
function serverTool<Name extends TSchema, Parameters extends TProperties>(
  title: string,
  description: string,
  type: Name,
  parameters: Parameters,
) {
  return Type.Object(
    { type, ...parameters, parameters: nullish(Type.Object(parameters, { title: `${title}Parameters` })) },
    { title, description },
  )
}

const WebSearchTool = serverTool('WebSearchTool', 'The model may search the web.', Type.Enum(webSearchTypes), {
  engine: nullish(Type.Enum(['auto', 'native', 'exa', 'parallel', 'firecrawl', 'perplexity'])),
  mode: nullish(WebSearchMode),
  max_results: nullish(MaxSearchResults),
  max_total_results: nullish(Positive),
  max_uses: nullish(Positive),
  search_context_size: nullish(SearchContextSize),
  max_characters: nullish(Type.Integer({ minimum: 1, maximum: 100_000 })),
  allowed_domains: nullish(Domains),
  excluded_domains: nullish(Domains),
  user_location: nullish(UserLocationSchema),
  x_search: nullish(XSearchSchema),
})

const WebFetchTool = serverTool(
  'WebFetchTool',
  'The model may read an address.',
  Type.Literal('openrouter:web_fetch'),
  {
    engine: nullish(Type.Enum(['auto', 'native', 'openrouter', 'exa', 'parallel', 'firecrawl'])),
    max_uses: nullish(Positive),
    max_content_tokens: nullish(Positive),
    allowed_domains: nullish(Domains),
    blocked_domains: nullish(Domains),
  },
)

const DatetimeTool = serverTool(
  'DatetimeTool',
  'The model may ask for the time.',
  Type.Literal('openrouter:datetime'),
  {
    timezone: nullish(Type.String({ description: 'IANA name; UTC when absent.' })),
  },
)

const ImageGenerationTool = serverTool(
  'ImageGenerationTool',
  'The model may have an image made.',
  Type.Literal('openrouter:image_generation'),
  { model: nullish(Type.String()) },
)

const FilesTool = serverTool('FilesTool', 'The model may read uploaded files.', Type.Literal('openrouter:files'), {})

const SearchModelsTool = serverTool(
  'SearchModelsTool',
  'The model may look for models.',
  Type.Literal('openrouter:experimental__search_models'),
  {
    max_results: nullish(Type.Integer({ minimum: 1, maximum: 20 })),
  },
)

/** A server tool for a nested model. It cannot be a function: nobody would be there to run it. */
const NestedTool = Type.Object(
  { type: Type.Enum(serverToolTypes), parameters: nullish(OpenObject) },
  { title: 'NestedTool', description: 'A server tool for a nested model.' },
)

/** The panel of models of the `fusion` plugin and tool. */
export const fusionPanel = {
  analysis_models: nullish(Type.Array(Type.String(), { minItems: 1, maxItems: 8 })),
  model: nullish(Type.String()),
  max_tool_calls: nullish(Type.Integer({ minimum: 1, maximum: 16 })),
  tools: nullish(Type.Array(NestedTool, { maxItems: 8, description: 'What the panel may call; empty means nothing.' })),
}

const sampling = {
  max_completion_tokens: nullish(Positive),
  reasoning: nullish(ReasoningSchema),
  temperature: nullish(Type.Number({ minimum: 0, maximum: 2 })),
}

const FusionTool = serverTool('FusionTool', 'The model may ask a panel of models.', Type.Literal('openrouter:fusion'), {
  ...fusionPanel,
  ...sampling,
  cache_control: nullish(CacheControlSchema),
})

const nestedModel = {
  name: nullish(
    Type.String({
      pattern: '^[A-Za-z0-9 _-]{1,64}$',
      'x-expects': '1 to 64 letters, digits, spaces, "_" or "-"',
    }),
  ),
  model: nullish(Type.String()),
  instructions: nullish(Type.String()),
  ...sampling,
}

const AdvisorTool = serverTool(
  'AdvisorTool',
  'The model may ask another model for advice.',
  Type.Literal('openrouter:advisor'),
  {
    ...nestedModel,
    forward_transcript: nullish(
      Type.Boolean({ description: 'Whether the advisor sees the conversation. Default false.' }),
    ),
    stream: nullish(Type.Boolean()),
  },
)

const SubagentTool = serverTool(
  'SubagentTool',
  'The model may give a task to another model.',
  Type.Literal('openrouter:subagent'),
  {
    ...nestedModel,
    max_tool_calls: nullish(Type.Integer({ minimum: 1, maximum: 25 })),
    tools: nullish(Type.Array(NestedTool)),
    inherit_functions: nullish(Type.Boolean()),
    inherited_function_names: nullish(Type.Array(Type.String())),
  },
)

/** The members of a request's `tools` besides functions; a union of them is made where they are used. */
export const serverToolSchemas = [
  WebSearchTool,
  WebFetchTool,
  DatetimeTool,
  ImageGenerationTool,
  FilesTool,
  SearchModelsTool,
  FusionTool,
  AdvisorTool,
  SubagentTool,
] as const

export type ServerTool = Static<(typeof serverToolSchemas)[number]>
