import { Type, type Static } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { serverToolSchemas, serverToolTypes, type WireServerTool } from '../../gateway-fields/schema/server-tool.ts'
import { FunctionName } from '../../openai/schema/function-name.ts'

const FunctionSchema = Type.Object(
  {
    type: Type.Literal('function'),
    name: FunctionName,
    description: nullish(Type.String()),
    parameters: nullish(OpenObject),
    strict: nullish(Type.Boolean()),
  },
  { title: 'ResponsesFunctionTool', description: 'A function the client runs. `parameters` is a JSON Schema.' },
)

const CustomSchema = Type.Object(
  {
    type: Type.Literal('custom'),
    name: FunctionName,
    description: nullish(Type.String()),
    format: nullish(OpenObject),
  },
  {
    title: 'ResponsesCustomTool',
    description: 'A tool the client runs, whose input is free text, perhaps of a grammar.',
  },
)

const NamespaceSchema = Type.Object(
  {
    type: Type.Literal('namespace'),
    name: FunctionName,
    description: nullish(Type.String()),
    tools: Type.Array(Type.Union([FunctionSchema, CustomSchema]), { maxItems: 1024 }),
  },
  { title: 'ToolNamespace', description: 'A group of tools of the client’s.' },
)

const known = ['function', 'custom', 'namespace', ...serverToolTypes].map((type) => type.replaceAll(/[.:]/g, '[.:]'))

const OpenAiToolSchema = Type.Object(
  {
    type: Type.String({
      pattern: `^(?!(?:${known.join('|')})$)[a-z][a-z0-9_]{0,127}$`,
      'x-expects': 'the type of a tool of OpenAI’s',
    }),
  },
  { title: 'OpenAiTool', description: 'A tool that OpenAI defines, such as `code_interpreter`.' },
)

interface OpenAiTool {
  readonly type: `_${string}`
  readonly name?: unknown
}

/** Source: contract §8.A6. */
export const ToolSchema = Type.Unsafe<
  | Static<typeof FunctionSchema>
  | Static<typeof CustomSchema>
  | Static<typeof NamespaceSchema>
  | WireServerTool
  | OpenAiTool
>(
  Type.Union([FunctionSchema, CustomSchema, NamespaceSchema, ...serverToolSchemas, OpenAiToolSchema], {
    title: 'ResponsesTool',
    description: 'What the model may call: a tool of the client’s, one that the gateway runs, or one of OpenAI’s.',
  }),
)

export const ToolChoiceSchema = Type.Union(
  [
    Type.Enum(['none', 'auto', 'required']),
    Type.Object(
      { type: Type.Enum(['function', 'custom']), name: Type.String({ minLength: 1 }) },
      { title: 'NamedChoice' },
    ),
    Type.Object(
      {
        type: Type.Literal('allowed_tools'),
        mode: Type.Enum(['auto', 'required']),
        tools: Type.Array(Type.Object({ type: Type.String(), name: nullish(Type.String()) }), { maxItems: 1024 }),
      },
      { title: 'AllowedTools', description: 'Only some of the tools may be called.' },
    ),
    Type.Object(
      {
        type: Type.String({
          pattern: '^(?!(?:function|custom|allowed_tools)$)',
          maxLength: 128,
          'x-expects': 'the type of another tool, of at most 128 characters',
        }),
      },
      { title: 'TypedChoice' },
    ),
  ],
  { title: 'ResponsesToolChoice', description: 'Whether the model must call a tool, and which.' },
)

export type WireTool = Static<typeof ToolSchema>
export type WireToolChoice = Static<typeof ToolChoiceSchema>
