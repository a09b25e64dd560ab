import { GatewayError } from '../../canonical/errors.ts'
import type { RequestHeaders } from '../protocol.ts'

export interface FeatureFields {
  readonly preset?: string | null
  readonly model?: string | null
  readonly models?: readonly string[] | null
}

const cacheHeader = 'x-openrouter-cache'

/** Features of the API that are not built yet: asking for one is an error that names it, never silence. Building one deletes its row. */
export function refuseUnbuilt(body: FeatureFields, headers: RequestHeaders): void {
  if (String(headers[cacheHeader]).toLowerCase() === 'true') refuse(cacheHeader, 'The response cache')
  if (body.preset) refuse('preset', 'Presets')
  const models = [body.model ?? '', ...(body.models ?? [])]
  if (models.some((slug) => slug.includes('@preset/'))) refuse('model', 'Presets')
}

function refuse(path: string, feature: string): never {
  const message = `${feature} is not supported by this gateway yet.`
  throw new GatewayError('invalid_request', message, { issues: [{ path, message }] })
}
