import { GatewayError } from '../canonical/errors.ts'

import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'moderation',
  order: 10,
  title: 'ModerationPlugin',
  description: 'Refuses what the moderation model flags.',
  settings: {},
  start: () => ({
    onRequest() {
      const message = 'The plugin "moderation" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
