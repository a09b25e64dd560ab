import { nanoUsd } from '../../canonical/money.ts'
import { plainDomains } from '../../canonical/web-domains.ts'
import { objectOf, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, readResults, toPage } from './engine.ts'

/** In the plan Standard. */
const credit = nanoUsd(0.00083)

/** Checked against @mendable/firecrawl-js 4.42.0. */
export default defineEngine({
  slug: 'firecrawl',
  name: 'Firecrawl',
  baseUrl: 'https://api.firecrawl.dev',
  apiKey: { variables: ['FIRECRAWL_API_KEY'], header: 'authorization' },
  search: {
    modes: { auto: 2 * credit },
    usualMode: 'auto',
    further: { after: 10, each: 10, price: 2 * credit },
    mostResults: 100,
    encode(query, baseUrl) {
      const { city, region } = query.userLocation ?? {}
      const includeDomains = plainDomains(query.allowedDomains)
      return {
        method: 'POST',
        url: `${baseUrl}/v2/search`,
        headers: {},
        body: {
          query: query.query,
          limit: query.maxResults,
          sources: ['web'],
          includeDomains,
          // It refuses a request with both.
          excludeDomains: includeDomains === undefined ? plainDomains(query.excludedDomains) : undefined,
          location: [city, region].filter(Boolean).join(', ') || undefined,
          country: countryOf(query),
        },
      }
    },
    decode: (body) =>
      readResults(resultsOf(objectOf(body)?.['data']), (result) => ({
        content: stringOf(result['markdown']) ?? stringOf(result['description']),
      })),
  },
  read: {
    price: credit,
    encode: (url, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/v2/scrape`,
      headers: {},
      body: { url, formats: ['markdown'] },
    }),
    decode(body) {
      const page = objectOf(objectOf(body)?.['data'])
      const metadata = objectOf(page?.['metadata'])
      return toPage(metadata?.['url'] ?? metadata?.['sourceURL'], metadata?.['title'], stringOf(page?.['markdown']))
    },
  },
  documentation: 'https://docs.firecrawl.dev/api-reference/endpoint/search',
  pricing: { source: 'https://docs.firecrawl.dev/billing', asOf: '2026-11-28' },
})

/** A search without a result has an empty `data`. */
function resultsOf(data: unknown): unknown {
  const groups = objectOf(data)
  return groups !== undefined && Object.keys(groups).length === 0 ? [] : groups?.['web']
}
