import { nanoUsd } from '../../canonical/money.ts'
import { plainDomains } from '../../canonical/web-domains.ts'
import type { SearchMode } from '../../canonical/web-engines.ts'
import { isObject, objectOf, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, firstOf, readResults, toPage } from './engine.ts'

const credit = nanoUsd(0.008)

const depths: Readonly<Partial<Record<SearchMode, string>>> = {
  instant: 'ultra-fast',
  fast: 'fast',
  basic: 'basic',
  advanced: 'advanced',
}

/** Checked against @tavily/core 0.7.13. */
export default defineEngine({
  slug: 'tavily',
  name: 'Tavily',
  baseUrl: 'https://api.tavily.com',
  apiKey: { variables: ['TAVILY_API_KEY'], header: 'authorization' },
  search: {
    modes: { instant: credit, fast: credit, basic: credit, advanced: 2 * credit },
    usualMode: 'basic',
    mostResults: 20,
    longestQuery: 400,
    encode: (query, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/search`,
      headers: {},
      body: {
        query: query.query,
        search_depth: depths[query.mode],
        max_results: query.maxResults,
        include_domains: plainDomains(query.allowedDomains),
        exclude_domains: plainDomains(query.excludedDomains, 150),
        country: countryName(countryOf(query)),
      },
    }),
    decode: (body) =>
      readResults(isObject(body) ? body['results'] : undefined, (result) => ({
        content: stringOf(result['content']),
        publishedAt: stringOf(result['published_date']),
      })),
  },
  read: {
    // Five pages cost a credit.
    price: credit / 5,
    encode: (url, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/extract`,
      headers: {},
      body: { urls: [url], format: 'markdown' },
    }),
    decode(body) {
      const page = firstOf(objectOf(body)?.['results'])
      return toPage(page['url'], page['title'], stringOf(page['raw_content']))
    },
  },
  documentation: 'https://docs.tavily.com/documentation/api-reference/endpoint/search',
  pricing: { source: 'https://docs.tavily.com/documentation/api-credits', asOf: '2026-11-28' },
})

/** The countries whose English name is in Tavily's list. It refuses a request with any other name. */
const listed = new Set(
  (
    'AF AL DZ AD AO AR AM AU AT AZ BH BD BB BY BE BZ BJ BT BO BW BR BN BG BF BI KH CM CA CF TD CL CN CO KM CR HR CU CY DK DJ DO EC EG SV ' +
    'GQ ER EE ET FJ FI FR GA GM GE DE GH GR GT GN HT HN HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KW KG LV LB LS LR LY LI LT LU MG MW MY ' +
    'MV ML MT MR MU MX MD MC MN ME MA MZ NA NP NL NZ NI NE NG KP MK NO OM PK PA PG PY PE PH PL PT QA RO RU RW SA SN RS SG SK SI SO ZA KR ' +
    'SS ES LK SD SE CH SY TW TJ TZ TH TG TN TM UG UA AE GB US UY UZ VE VN YE ZM ZW'
  ).split(' '),
)
const names = new Intl.DisplayNames(['en'], { type: 'region' })

/** Tavily takes names of countries in place of codes. */
const countryName = (code: string | undefined): string | undefined =>
  code !== undefined && listed.has(code) ? names.of(code)?.toLowerCase() : undefined
