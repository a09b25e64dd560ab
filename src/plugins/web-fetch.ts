import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { Domains } from '../canonical/settings/web-search.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'web-fetch',
  order: 40,
  title: 'WebFetchPlugin',
  description: 'Reads the pages that the conversation names.',
  settings: {
    max_uses: nullish(Type.Integer({ minimum: 1 })),
    max_content_tokens: nullish(Type.Integer({ minimum: 1 })),
    allowed_domains: nullish(Domains),
    blocked_domains: nullish(Domains),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "web-fetch" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
