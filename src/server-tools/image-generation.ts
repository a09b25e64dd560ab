import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'

import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:image_generation',
  title: 'ImageGenerationTool',
  description: 'The model may have an image made.',
  parameters: {
    model: nullish(Type.String()),
  },
  open() {
    const message = 'The server tool "openrouter:image_generation" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
