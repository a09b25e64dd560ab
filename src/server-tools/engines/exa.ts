import { nanoUsd } from '../../canonical/money.ts'
import { plainDomains } from '../../canonical/web-domains.ts'
import { isObject, objectOf, stringOf } from '../../util/json.ts'
import { countryOf, defineEngine, firstOf, joinExcerpts, readResults, toPage } from './engine.ts'

/** Checked against exa-js 2.23.0. */
export default defineEngine({
  slug: 'exa',
  name: 'Exa',
  baseUrl: 'https://api.exa.ai',
  apiKey: { variables: ['EXA_API_KEY'], header: 'x-api-key' },
  search: {
    modes: {
      instant: nanoUsd(0.007),
      fast: nanoUsd(0.007),
      auto: nanoUsd(0.007),
      'deep-lite': nanoUsd(0.012),
      deep: nanoUsd(0.012),
      'deep-reasoning': nanoUsd(0.015),
    },
    usualMode: 'auto',
    further: { after: 10, each: 1, price: nanoUsd(0.001) },
    mostResults: 100,
    encode: (query, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/search`,
      headers: {},
      body: {
        query: query.query,
        type: query.mode,
        numResults: query.maxResults,
        includeDomains: plainDomains(query.allowedDomains),
        excludeDomains: plainDomains(query.excludedDomains),
        userLocation: countryOf(query),
        contents: { highlights: query.maxCharacters === undefined ? true : { maxCharacters: query.maxCharacters } },
      },
    }),
    decode: (body) =>
      readResults(isObject(body) ? body['results'] : undefined, (result) => ({
        content: joinExcerpts(result['highlights']) ?? stringOf(result['text']),
        publishedAt: stringOf(result['publishedDate']),
      })),
  },
  read: {
    price: nanoUsd(0.001),
    encode: (url, baseUrl) => ({
      method: 'POST',
      url: `${baseUrl}/contents`,
      headers: {},
      body: { urls: [url], text: true },
    }),
    decode(body) {
      const page = firstOf(objectOf(body)?.['results'])
      return toPage(page['url'], page['title'], stringOf(page['text']))
    },
  },
  documentation: 'https://exa.ai/docs/reference/search',
  pricing: { source: 'https://exa.ai/docs/reference/pricing', asOf: '2026-11-28' },
})
