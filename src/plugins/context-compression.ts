import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'

import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'context-compression',
  order: 50,
  title: 'ContextCompressionPlugin',
  description: 'Shortens a conversation that exceeds the context window.',
  settings: {
    engine: nullish(Type.Literal('middle-out')),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "context-compression" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
