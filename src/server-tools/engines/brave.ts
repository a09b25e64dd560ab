import { nanoUsd } from '../../canonical/money.ts'
import { withSiteOperators } from '../../canonical/web-domains.ts'
import type { UserLocation } from '../../canonical/web-engines.ts'
import { arrayOf, isObject, objectOf, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, readResults } from './engine.ts'

/** A longer query is refused. */
const longest = { characters: 400, words: 50 }

/** Checked against the parameters of Brave's own MCP server (https://github.com/brave/brave-search-mcp-server), version 2. */
export default defineEngine({
  slug: 'brave',
  name: 'Brave Search',
  baseUrl: 'https://api.search.brave.com',
  apiKey: { variables: ['BRAVE_API_KEY', 'BRAVE_SEARCH_API_KEY'], header: 'x-subscription-token' },
  search: {
    modes: { auto: nanoUsd(0.005) },
    usualMode: 'auto',
    mostResults: 20,
    longestQuery: longest.characters,
    encode(query, baseUrl) {
      const text = query.query.split(' ').slice(0, longest.words).join(' ')
      const country = countryOf(query)
      const parameters = new URLSearchParams({
        q: withSiteOperators(text, query, longest),
        count: String(query.maxResults),
        result_filter: 'web',
        // Otherwise the words of the query are marked up.
        text_decorations: 'false',
        ...(country !== undefined && countries.has(country) && { country }),
      })
      return {
        method: 'GET',
        url: `${baseUrl}/res/v1/web/search?${parameters.toString()}`,
        headers: locationHeaders(country, query.userLocation),
      }
    },
    decode(body) {
      if (!isObject(body)) return null
      // Without a result the whole section is absent.
      if (body['web'] === undefined && body['type'] === 'search') return []
      return readResults(objectOf(body['web'])?.['results'], (result) => ({
        content: [result['description'], ...arrayOf(result['extra_snippets'])]
          .flatMap((text) => (typeof text === 'string' ? [withoutEntities(text)] : []))
          .join('\n\n'),
        publishedAt: stringOf(result['page_age']),
      }))
    },
  },
  documentation: 'https://api-dashboard.search.brave.com/app/documentation/web-search/query',
  pricing: { source: 'https://api-dashboard.search.brave.com/app/plans', asOf: '2026-11-28' },
})

/** The countries that the parameter takes. */
const countries = new Set(
  'AR AU AT BE BR CA CL DK FI FR DE HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(
    ' ',
  ),
)

/** Source: https://api-dashboard.search.brave.com/app/documentation/web-search/request-headers */
function locationHeaders(
  country: string | undefined,
  { city, region, timezone }: UserLocation = {},
): Record<string, string> {
  const headers = {
    'x-loc-country': country,
    'x-loc-city': city,
    'x-loc-state-name': region,
    'x-loc-timezone': timezone,
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || !isHeaderText(value) ? [] : [[name, value]],
    ),
  )
}

/** Whether a text of the client may be sent in a header: short, and without control characters and letters beyond ASCII. */
const isHeaderText = (text: string): boolean =>
  text !== '' && text.length <= 100 && Array.from(text).every((character) => character >= ' ' && character <= '~')

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Titles and descriptions are HTML without elements. */
const withoutEntities = (html: string): string =>
  html.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (text, decimal, hexadecimal, name) => {
      const code = Number.parseInt(decimal ?? hexadecimal, decimal === undefined ? 16 : 10)
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? text
      return code <= 0x10_ffff ? String.fromCodePoint(code) : text
    },
  )
