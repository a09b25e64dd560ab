import { GatewayError } from '../../canonical/errors.ts'

export interface FeatureFields {
  readonly preset?: string | null
  readonly model?: string | null
  readonly models?: readonly string[] | null
}

/** Features of the API that are not built yet: asking for one is an error that names it, never silence. Building one deletes its row. */
export function refuseUnbuilt(body: FeatureFields): void {
  if (body.preset) refuse('preset', 'Presets')
  const models = [body.model ?? '', ...(body.models ?? [])]
  if (models.some((slug) => slug.includes('@preset/'))) refuse('model', 'Presets')
}

function refuse(path: string, feature: string): never {
  const message = `${feature} is not supported by this gateway yet.`
  throw new GatewayError('invalid_request', message, { issues: [{ path, message }] })
}
