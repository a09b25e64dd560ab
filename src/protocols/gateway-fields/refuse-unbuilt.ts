import { GatewayError } from '../../canonical/errors.ts'
import type { RequestHeaders } from '../protocol.ts'
import { fullMatch } from '../../util/pattern.ts'

export interface FeatureFields {
  readonly plugins?: readonly { readonly id: string; readonly enabled?: boolean | null }[] | null
  readonly transforms?: readonly string[] | null
  readonly preset?: string | null
  readonly model?: string | null
  readonly models?: readonly string[] | null
  readonly tools?: readonly { readonly type: string }[] | null
}

/** Settings of models, and of what only these start: they are no features of their own. */
const settings: ReadonlySet<string> = new Set([
  'auto-router',
  'auto-beta-router',
  'pareto-router',
  'jev-router',
  'switchyard-router',
  'fusion',
])

const cacheHeader = 'x-openrouter-cache'

/** Features of the API that are not built yet: asking for one is an error that names it, never silence. Building one deletes its row. */
export function refuseUnbuilt(body: FeatureFields, headers: RequestHeaders): void {
  if (String(headers[cacheHeader]).toLowerCase() === 'true') refuse(cacheHeader, 'The response cache')
  const plugin = body.plugins?.find(({ id, enabled }) => enabled !== false && !settings.has(id))
  if (plugin !== undefined) refuse('plugins', `The plugin "${plugin.id}"`)
  if (body.transforms && body.transforms.length > 0) refuse('transforms', 'Context compression')
  if (body.preset) refuse('preset', 'Presets')
  const models = [body.model ?? '', ...(body.models ?? [])]
  if (models.some((slug) => slug.includes('@preset/'))) refuse('model', 'Presets')
  if (models.some((slug) => fullMatch(/:online(:|$)/, slug) !== null))
    refuse('model', 'Web search, which `:online` stands for,')
  const tool = body.tools?.find(({ type }) => type !== 'function')
  if (tool !== undefined) refuse('tools', `The server tool "${tool.type}"`)
}

function refuse(path: string, feature: string): never {
  const message = `${feature} is not supported by this gateway yet.`
  throw new GatewayError('invalid_request', message, { issues: [{ path, message }] })
}
