import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodeModels, decodeRouting, type RoutedBody } from './decode-routing.ts'
import { decodePlugins, type PluginFields } from './decode-plugins.ts'
import { decodeToolLoop, type ToolLoopFields } from './decode-tool-loop.ts'
import { type FeatureFields, refuseUnbuilt } from './refuse-unbuilt.ts'
import { decodeContext, type SelfDescription } from './request-context.ts'

/**
 * Decodes what every client language says to the gateway in the same words.
 * @throws GatewayError 400 for what is not built yet, and for a session id that is too long.
 */
export function decodeGatewayFields(
  wire: JsonObject & RoutedBody & SelfDescription & FeatureFields & PluginFields & ToolLoopFields,
  headers: RequestHeaders,
): Pick<GenerationRequest, 'models' | 'stream' | 'routing' | 'plugins' | 'toolLoop' | 'context'> {
  refuseUnbuilt(wire)
  return {
    models: decodeModels(wire),
    stream: wire.stream === true,
    routing: decodeRouting(wire),
    plugins: decodePlugins(wire),
    toolLoop: decodeToolLoop(wire),
    context: decodeContext(wire, headers),
  }
}
