import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { modelsToTry } from '../../canonical/model-list.ts'
import type { JsonObject } from '../../util/json.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodePlugins, type PluginFields } from './decode-plugins.ts'
import { decodeModels, type ModelFields } from './decode-preset.ts'
import { decodeRouting, type RoutedBody } from './decode-routing.ts'
import { decodeToolLoop, type ToolLoopFields } from './decode-tool-loop.ts'
import { decodeContext, type SelfDescription } from './request-context.ts'

/**
 * Decodes what every client language says to the gateway in the same words.
 * @throws GatewayError 400 for presets that contradict one another, and for a header x-session-id that is too long.
 */
export function decodeGatewayFields(
  wire: JsonObject & ModelFields & RoutedBody & SelfDescription & PluginFields & ToolLoopFields,
  headers: RequestHeaders,
): Pick<GenerationRequest, 'models' | 'preset' | 'stream' | 'routing' | 'plugins' | 'toolLoop' | 'context'> {
  const named = decodeModels(wire)
  return {
    models: modelsToTry(named),
    ...(named.preset !== undefined && { preset: named.preset }),
    stream: wire.stream === true,
    routing: decodeRouting(wire),
    plugins: decodePlugins(wire),
    toolLoop: decodeToolLoop(wire),
    context: decodeContext(wire, headers),
  }
}
