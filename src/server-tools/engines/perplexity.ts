import { nanoUsd } from '../../canonical/money.ts'
import { plainDomains } from '../../canonical/web-domains.ts'
import type { DomainFilter } from '../../canonical/web-engines.ts'
import { isObject, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, readResults } from './engine.ts'

/** Checked against @perplexity-ai/perplexity_ai 0.38.5. Only its documentation has `search_type: "fast"` yet. */
export default defineEngine({
  slug: 'perplexity',
  name: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  apiKey: { variables: ['PERPLEXITY_API_KEY'], header: 'authorization' },
  search: {
    // Source of the price of `fast`: https://docs.perplexity.ai/docs/search/fast-search
    modes: { fast: nanoUsd(0.001), basic: nanoUsd(0.005) },
    usualMode: 'basic',
    mostResults: 20,
    encode: (query, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/search`,
      headers: {},
      body: {
        query: query.query,
        search_type: query.mode === 'fast' ? 'fast' : undefined,
        max_results: query.maxResults,
        // A token is a character at least. What is too much is cut off later.
        max_tokens_per_page: query.maxCharacters,
        search_domain_filter: domainFilter(query),
        country: countryOf(query),
      },
    }),
    decode: (body) =>
      readResults(isObject(body) ? body['results'] : undefined, (result) => ({
        content: stringOf(result['snippet']),
        publishedAt: stringOf(result['date']),
      })),
  },
  documentation: 'https://docs.perplexity.ai/api-reference/search-post',
  pricing: { source: 'https://docs.perplexity.ai/docs/getting-started/pricing', asOf: '2026-11-28' },
})

/**
 * Domains to search, or domains with `-` to leave out, never both, and no more than twenty.
 * Source: https://docs.perplexity.ai/guides/search-domain-filters
 */
const domainFilter = ({ allowedDomains, excludedDomains }: DomainFilter): readonly string[] | undefined =>
  plainDomains(allowedDomains, 20) ?? plainDomains(excludedDomains, 20)?.map((domain) => `-${domain}`)
