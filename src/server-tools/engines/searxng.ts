import { withSiteOperators } from '../../canonical/web-domains.ts'
import { isObject, stringOf } from '../../util/json.ts'
import { defineEngine, readResults } from './engine.ts'

/** A metasearch engine that the operator runs. It has no parameter for the number of results, and none for a place to search from. */
export default defineEngine({
  slug: 'searxng',
  name: 'SearXNG',
  baseUrl: null,
  apiKey: null,
  search: {
    modes: { auto: 0 },
    usualMode: 'auto',
    mostResults: 25,
    encode(query, baseUrl) {
      const parameters = new URLSearchParams({ q: withSiteOperators(query.query, query), format: 'json' })
      return { method: 'GET', url: `${baseUrl}/search?${parameters.toString()}`, headers: {} }
    },
    decode: (body) =>
      readResults(isObject(body) ? body['results'] : undefined, (result) => ({
        content: stringOf(result['content']),
        publishedAt: stringOf(result['publishedDate']),
      })),
  },
  advice: { 403: 'Its settings.yml must list json under search.formats.' },
  documentation: 'https://docs.searxng.org/dev/search_api.html',
  pricing: null,
})
