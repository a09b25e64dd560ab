import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'

import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:experimental__search_models',
  title: 'SearchModelsTool',
  description: 'The model may look for models.',
  parameters: {
    max_results: nullish(Type.Integer({ minimum: 1, maximum: 20 })),
  },
  open() {
    const message = 'The server tool "openrouter:experimental__search_models" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
