import { GatewayError } from '../canonical/errors.ts'
import { CacheControlSchema } from '../canonical/settings/cache-control.ts'
import { fusionPanelSettings, samplingSettings } from '../canonical/settings/nested-model.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:fusion',
  title: 'FusionTool',
  description: 'The model may ask a panel of models.',
  parameters: {
    ...fusionPanelSettings,
    ...samplingSettings,
    cache_control: nullish(CacheControlSchema),
  },
  open() {
    const message = 'The server tool "openrouter:fusion" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
