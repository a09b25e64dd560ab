import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import {
  Domains,
  MaxSearchResults,
  UserLocationSchema,
  WebSearchMode,
  XSearchSchema,
} from '../canonical/settings/web-search.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'web',
  order: 30,
  title: 'WebPlugin',
  description: 'Searches the web before the model answers.',
  settings: {
    engine: nullish(Type.Enum(['native', 'exa', 'firecrawl', 'parallel', 'perplexity'])),
    mode: nullish(WebSearchMode),
    max_results: nullish(MaxSearchResults),
    max_uses: nullish(Type.Integer({ minimum: 1 })),
    search_prompt: nullish(Type.String()),
    include_domains: nullish(Domains),
    exclude_domains: nullish(Domains),
    user_location: nullish(UserLocationSchema),
    x_search: nullish(XSearchSchema),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "web" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
