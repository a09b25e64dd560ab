import { GatewayError } from '../canonical/errors.ts'

import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'response-healing',
  order: 70,
  title: 'ResponseHealingPlugin',
  description: 'Repairs JSON that the model wrote badly.',
  settings: {},
  start: () => ({
    onRequest() {
      const message = 'The plugin "response-healing" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
