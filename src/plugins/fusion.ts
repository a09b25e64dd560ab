import { Type } from 'typebox'
import type { TextRequest } from '../canonical/generation-request.ts'
import { fusionPanelSettings, fusionPreset } from '../canonical/settings/nested-model.ts'
import type { Tool } from '../canonical/tool.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

/** Configures the runs of `openrouter:fusion`, and starts none (contract §1.3). The parameters of the tool itself take precedence. */
export default definePlugin({
  id: 'fusion',
  order: 60,
  title: 'FusionPlugin',
  description: 'Settings of the model `openrouter/fusion` and the tool `openrouter:fusion`, which ask several models.',
  settings: { preset: nullish(Type.Enum(fusionPreset)), ...fusionPanelSettings },
  start: (settings) => ({ onRequest: (request) => withSettings(request, settings) }),
})

function withSettings(request: TextRequest, settings: Readonly<Record<string, unknown>>): TextRequest {
  const { tools } = request.parameters
  if (request.operation !== 'chat' || tools === undefined) return request
  const { id: _, enabled: __, ...panel } = settings
  const configured = tools.map((tool): Tool =>
    tool.type === 'server' && tool.name === 'openrouter:fusion'
      ? { ...tool, parameters: { ...panel, ...tool.parameters } }
      : tool,
  )
  return { ...request, parameters: { ...request.parameters, tools: configured } }
}
