import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { Domains } from '../canonical/settings/web-search.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:web_fetch',
  title: 'WebFetchTool',
  description: 'The model may read an address.',
  parameters: {
    engine: nullish(Type.Enum(['auto', 'native', 'openrouter', 'exa', 'parallel', 'firecrawl'])),
    max_uses: nullish(Type.Integer({ minimum: 1 })),
    max_content_tokens: nullish(Type.Integer({ minimum: 1 })),
    allowed_domains: nullish(Domains),
    blocked_domains: nullish(Domains),
  },
  open() {
    const message = 'The server tool "openrouter:web_fetch" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
