import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { FunctionName } from '../../openai/schema/function-name.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { serverToolSchemas, serverToolTypes, type WireServerTool } from '../../gateway-fields/schema/server-tool.ts'

const deferLoading = nullish(
  Type.Boolean({ description: 'Whether a search has to find it first. No effect yet: the model is given all tools.' }),
)

const FunctionToolSchema = Type.Object(
  {
    type: Type.Literal('function'),
    function: Type.Object({
      name: FunctionName,
      description: nullish(Type.String()),
      parameters: nullish(OpenObject),
      strict: nullish(Type.Boolean()),
      defer_loading: deferLoading,
      cache_control: nullish(CacheControlSchema),
    }),
    defer_loading: deferLoading,
    cache_control: nullish(CacheControlSchema),
  },
  { title: 'FunctionTool', description: 'A function the client runs. `parameters` is a JSON Schema.' },
)

/** Discriminated by `type`. Source: contract §1.4. */
export const ToolSchema = Type.Unsafe<Static<typeof FunctionToolSchema> | WireServerTool>(
  Type.Union([FunctionToolSchema, ...serverToolSchemas], {
    title: 'Tool',
    description: 'What the model may call: a function of the client’s, or a tool that the gateway runs.',
  }),
)

const ServerToolType = Type.Unsafe<WireServerTool['type']>(Type.Enum([...serverToolTypes]))

/** Source: contract §1.1. */
export const ToolChoiceSchema = Type.Union(
  [
    Type.Enum(['none', 'auto', 'required']),
    Type.Object(
      { type: Type.Literal('function'), function: Type.Object({ name: Type.String({ minLength: 1 }) }) },
      { title: 'FunctionChoice' },
    ),
    Type.Object({ type: ServerToolType }, { title: 'ServerToolChoice' }),
  ],
  { title: 'ToolChoice', description: 'Whether the model must call a tool, and which.' },
)

export type ChatTool = Static<typeof ToolSchema>
export type ToolChoice = Static<typeof ToolChoiceSchema>
