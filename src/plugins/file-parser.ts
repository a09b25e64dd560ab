import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'

import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'file-parser',
  order: 20,
  title: 'FileParserPlugin',
  description: 'Turns attached documents into text.',
  settings: {
    max_files: nullish(Type.Integer({ minimum: 1 })),
    pdf: nullish(Type.Object({ engine: nullish(Type.Enum(['mistral-ocr', 'cloudflare-ai', 'native', 'pdf-text'])) })),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "file-parser" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
