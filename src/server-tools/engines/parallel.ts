import { nanoUsd } from '../../canonical/money.ts'
import { plainDomains } from '../../canonical/web-domains.ts'
import { cutText } from '../../util/cut-text.ts'
import { isObject, objectOf, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, firstOf, joinExcerpts, readResults, toPage } from './engine.ts'

/** The characters of a keyword query. The objective has the whole. */
const longestKeywords = 200

/** Checked against parallel-web 1.3.3. */
export default defineEngine({
  slug: 'parallel',
  name: 'Parallel',
  baseUrl: 'https://api.parallel.ai',
  apiKey: { variables: ['PARALLEL_API_KEY'], header: 'x-api-key' },
  search: {
    modes: {
      turbo: nanoUsd(0.001),
      fast: nanoUsd(0.001),
      basic: nanoUsd(0.005),
      advanced: nanoUsd(0.005),
    },
    usualMode: 'advanced',
    further: { after: 10, each: 1, price: nanoUsd(0.001) },
    mostResults: 25,
    longestQuery: 5_000,
    encode: (query, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/v1/search`,
      headers: {},
      body: {
        objective: query.query,
        search_queries: [cutText(query.query, longestKeywords)],
        mode: query.mode,
        advanced_settings: {
          max_results: query.maxResults,
          location: countryOf(query),
          source_policy: {
            include_domains: plainDomains(query.allowedDomains, 100),
            exclude_domains: plainDomains(query.excludedDomains, 100),
          },
          excerpt_settings:
            query.maxCharacters === undefined ? undefined : { max_chars_per_result: query.maxCharacters },
        },
      },
    }),
    decode: (body) =>
      readResults(isObject(body) ? body['results'] : undefined, (result) => ({
        content: joinExcerpts(result['excerpts']),
        publishedAt: stringOf(result['publish_date']),
      })),
  },
  read: {
    price: nanoUsd(0.001),
    encode: (url, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/v1/extract`,
      headers: {},
      body: { urls: [url], advanced_settings: { full_content: true } },
    }),
    decode(body) {
      const page = firstOf(objectOf(body)?.['results'])
      const content = stringOf(page['full_content']) ?? joinExcerpts(page['excerpts'])
      return toPage(page['url'], page['title'], content)
    },
  },
  documentation: 'https://docs.parallel.ai/api-reference/search/search',
  pricing: { source: 'https://docs.parallel.ai/getting-started/pricing', asOf: '2026-11-28' },
})
