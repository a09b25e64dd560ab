import { type Static, type TObject, Type } from 'typebox'
import { nullish } from '../../util/nullish.ts'
import { OpenObject } from '../../util/open-object.ts'
import type { Parameters } from '../generation-request.ts'
import type { ServerToolRequest } from '../tool.ts'
import { reasoningRequest, ReasoningSchema } from './reasoning.ts'

/** A server tool for a nested model. It cannot be a function: nobody would be there to run it. Source: contract §1.4. */
export const NestedTool = Type.Object(
  {
    type: Type.String({ pattern: '^(?!function$)', 'x-expects': 'the type of a server tool' }),
    parameters: nullish(OpenObject),
  },
  { title: 'NestedTool', description: 'A server tool for a nested model.' },
)

/** How a nested model answers. */
export const samplingSettings = {
  max_completion_tokens: nullish(Type.Integer({ minimum: 1, description: 'Tokens of its answer.' })),
  reasoning: nullish(ReasoningSchema),
  temperature: nullish(Type.Number({ minimum: 0, maximum: 2 })),
}

/** The settings that the tools `openrouter:advisor` and `openrouter:subagent` share. */
export const nestedModelSettings = {
  name: nullish(
    Type.String({
      pattern: '^[A-Za-z0-9 _-]{1,64}$',
      'x-expects': '1 to 64 letters, digits, spaces, "_" or "-"',
      description: 'Tells several tools of this type apart.',
    }),
  ),
  model: nullish(Type.String({ description: 'The model that is asked. Absent: the one that the call names.' })),
  instructions: nullish(Type.String({ description: 'What it is told before the question or task.' })),
  ...samplingSettings,
}

/** The panels that a name stands for. */
export const fusionPreset = ['general-high', 'general-budget', 'general-fast'] as const

/** The panel of models of the plugin and the tool `fusion`. */
export const fusionPanelSettings = {
  analysis_models: nullish(
    Type.Array(Type.String(), { minItems: 1, maxItems: 8, description: 'The models of the panel.' }),
  ),
  model: nullish(Type.String({ description: 'The analyst. Absent: the model of the request.' })),
  max_tool_calls: nullish(
    Type.Integer({ minimum: 1, maximum: 16, description: 'Calls of tools that each model may make; 4 when absent.' }),
  ),
  tools: nullish(Type.Array(NestedTool, { maxItems: 8, description: 'What the panel may call; empty means nothing.' })),
}

type Sampling = Static<TObject<typeof samplingSettings>>

/** Decodes how a nested model answers. */
export const samplingParameters = (settings: Sampling): Parameters => ({
  maxTokens: settings.max_completion_tokens ?? undefined,
  reasoning: reasoningRequest(settings.reasoning),
  temperature: settings.temperature ?? undefined,
})

type Nested = Static<typeof NestedTool>

/** Decodes the server tools of a nested model. */
export const nestedTools = (tools: readonly Nested[] | null | undefined): readonly ServerToolRequest[] =>
  (tools ?? []).map(({ type, parameters }) => ({ type: 'server', name: type, parameters: parameters ?? {} }))

/** Returns the name of a function for a tool, with the client's own name for it, where it has one. */
export const functionName = (tool: string, name: string | null | undefined): string =>
  name ? `${tool}_${name.replaceAll(' ', '_')}`.slice(0, 64) : tool
