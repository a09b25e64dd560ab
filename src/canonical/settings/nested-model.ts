import { Type } from 'typebox'
import { nullish } from '../../util/nullish.ts'
import { OpenObject } from '../../util/open-object.ts'
import { ReasoningSchema } from './reasoning.ts'

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
  max_completion_tokens: nullish(Type.Integer({ minimum: 1 })),
  reasoning: nullish(ReasoningSchema),
  temperature: nullish(Type.Number({ minimum: 0, maximum: 2 })),
}

/** The settings that the tools `openrouter:advisor` and `openrouter:subagent` share. */
export const nestedModelSettings = {
  name: nullish(
    Type.String({
      pattern: '^[A-Za-z0-9 _-]{1,64}$',
      'x-expects': '1 to 64 letters, digits, spaces, "_" or "-"',
    }),
  ),
  model: nullish(Type.String()),
  instructions: nullish(Type.String()),
  ...samplingSettings,
}

/** The panel of models of the plugin and the tool `fusion`. */
export const fusionPanelSettings = {
  analysis_models: nullish(Type.Array(Type.String(), { minItems: 1, maxItems: 8 })),
  model: nullish(Type.String()),
  max_tool_calls: nullish(Type.Integer({ minimum: 1, maximum: 16 })),
  tools: nullish(Type.Array(NestedTool, { maxItems: 8, description: 'What the panel may call; empty means nothing.' })),
}
