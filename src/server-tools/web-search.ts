import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import {
  Domains,
  MaxSearchResults,
  SearchContextSize,
  UserLocationSchema,
  WebSearchMode,
  XSearchSchema,
} from '../canonical/settings/web-search.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:web_search',
  aliases: ['web_search', 'web_search_preview', 'web_search_preview_2025_03_11', 'web_search_2025_08_26'],
  title: 'WebSearchTool',
  description: 'The model may search the web.',
  parameters: {
    engine: nullish(Type.Enum(['auto', 'native', 'exa', 'parallel', 'firecrawl', 'perplexity'])),
    mode: nullish(WebSearchMode),
    max_results: nullish(MaxSearchResults),
    max_total_results: nullish(Type.Integer({ minimum: 1 })),
    max_uses: nullish(Type.Integer({ minimum: 1 })),
    search_context_size: nullish(SearchContextSize),
    max_characters: nullish(Type.Integer({ minimum: 1, maximum: 100_000 })),
    allowed_domains: nullish(Domains),
    excluded_domains: nullish(Domains),
    user_location: nullish(UserLocationSchema),
    x_search: nullish(XSearchSchema),
  },
  open() {
    const message = 'The server tool "openrouter:web_search" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
