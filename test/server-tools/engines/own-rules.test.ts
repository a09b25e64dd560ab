import { describe, expect, test } from 'vitest'
import type { SearchMode, SearchQuery } from '../../../src/canonical/web-engines.ts'
import { failureOf, readFixture } from '../../contract/engine.ts'
import { answerJson, engineAt, startEngineServer, unhurried } from './engine-server.ts'

/** Returns the request that an engine sends for a query. */
async function sentBy(slug: string, query: Partial<SearchQuery>) {
  const server = await startEngineServer(answerJson(readFixture(slug).search.reply))
  await engineAt(slug, server.url).search(slug, { query: 'node', maxResults: 5, ...query }, unhurried())
  const [request] = server.requests
  if (request === undefined) throw new Error('There was no request.')
  return { ...request, body: Object(request.body) }
}

const domains = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `site-${index}.example`)

describe('limits of a vendor', () => {
  test.each([
    ['exa', 'numResults', 25],
    ['tavily', 'max_results', 20],
    ['firecrawl', 'limit', 25],
    ['perplexity', 'max_results', 20],
  ])('%s is asked for no more than it gives: %s is %i', async (slug, field, most) => {
    expect((await sentBy(slug, { maxResults: 25 })).body[field]).toBe(most)
  })

  test('brave is asked for no more than twenty results', async () => {
    expect((await sentBy('brave', { maxResults: 25 })).parameters['count']).toBe('20')
  })

  test.each(['tavily', 'brave'])('%s gets the first 400 characters of a query', async (slug) => {
    const { parameters, body } = await sentBy(slug, { query: 'n'.repeat(500) })
    expect(parameters['q'] ?? body.query).toBe('n'.repeat(400))
  })

  test('brave gets the first fifty words of a query, with as many domains as fit', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `w${index}`)
    expect((await sentBy('brave', { query: words.join(' ') })).parameters['q']).toBe(words.slice(0, 50).join(' '))
    const { parameters } = await sentBy('brave', { allowedDomains: domains(50) })
    const { q = '' } = parameters
    expect(q).toMatch(/^node \(site:site-0\.example OR site:site-1\.example OR .*example\)$/)
    expect(q.length).toBeLessThanOrEqual(400)
    expect(q.split(' ').length).toBeLessThanOrEqual(50)
    const excluded = (await sentBy('brave', { excludedDomains: domains(50) })).parameters['q'] ?? ''
    expect(excluded).toMatch(/^node -site:site-0\.example -site:site-1\.example .*example$/)
    expect(excluded.length).toBeLessThanOrEqual(400)
  })

  test('perplexity gets twenty domains, either wanted or unwanted ones', async () => {
    const allowed = await sentBy('perplexity', { allowedDomains: domains(30), excludedDomains: ['deno.com'] })
    expect(allowed.body.search_domain_filter).toEqual(domains(20))
    const excluded = await sentBy('perplexity', { excludedDomains: domains(30) })
    expect(excluded.body.search_domain_filter).toEqual(domains(20).map((domain) => `-${domain}`))
  })

  test('firecrawl gets either wanted or unwanted domains', async () => {
    expect((await sentBy('firecrawl', { excludedDomains: ['deno.com'] })).body).toMatchObject({
      excludeDomains: ['deno.com'],
    })
    const { body } = await sentBy('firecrawl', { allowedDomains: ['nodejs.org'], excludedDomains: ['deno.com'] })
    expect(body).toMatchObject({ includeDomains: ['nodejs.org'] })
    expect(body).not.toHaveProperty('excludeDomains')
  })

  test('parallel gets the whole question as objective, and 200 characters as keywords', async () => {
    const { body } = await sentBy('parallel', { query: 'n'.repeat(6_000) })
    expect(body.objective).toBe('n'.repeat(5_000))
    expect(body.search_queries).toEqual(['n'.repeat(200)])
  })
})

const noMode = undefined

describe('a mode that an engine lacks becomes its nearest', () => {
  test.each<[slug: string, field: string, sent: readonly (readonly [SearchMode | undefined, string | undefined])[]]>([
    [
      'exa',
      'type',
      [
        [noMode, 'auto'],
        ['auto', 'auto'],
        ['instant', 'instant'],
        ['turbo', 'instant'],
        ['fast', 'fast'],
        ['basic', 'fast'],
        ['advanced', 'auto'],
        ['deep-lite', 'deep-lite'],
        ['deep', 'deep'],
        ['deep-reasoning', 'deep-reasoning'],
      ],
    ],
    [
      'parallel',
      'mode',
      [
        [noMode, 'advanced'],
        ['auto', 'advanced'],
        ['instant', 'turbo'],
        ['turbo', 'turbo'],
        ['fast', 'fast'],
        ['basic', 'basic'],
        ['advanced', 'advanced'],
        ['deep-lite', 'advanced'],
        ['deep-reasoning', 'advanced'],
      ],
    ],
    [
      'tavily',
      'search_depth',
      [
        [noMode, 'basic'],
        ['auto', 'basic'],
        ['instant', 'ultra-fast'],
        ['turbo', 'ultra-fast'],
        ['fast', 'fast'],
        ['basic', 'basic'],
        ['advanced', 'advanced'],
        ['deep', 'advanced'],
      ],
    ],
    [
      'perplexity',
      'search_type',
      [
        [noMode, undefined],
        ['auto', undefined],
        ['instant', 'fast'],
        ['turbo', 'fast'],
        ['fast', 'fast'],
        ['basic', undefined],
        ['advanced', undefined],
        ['deep-reasoning', undefined],
      ],
    ],
  ])('%s', async (slug, field, cases) => {
    for (const [mode, expected] of cases) {
      expect([mode, (await sentBy(slug, { mode })).body[field]]).toEqual([mode, expected])
    }
  })
})

describe('the place of the end user', () => {
  test.each([
    ['exa', (body: Record<string, unknown>) => body['userLocation'], 'DE'],
    ['perplexity', (body: Record<string, unknown>) => body['country'], 'DE'],
    ['firecrawl', (body: Record<string, unknown>) => body['country'], 'DE'],
    ['tavily', (body: Record<string, unknown>) => body['country'], 'germany'],
    ['parallel', (body: Record<string, unknown>) => Object(body['advanced_settings']).location, 'DE'],
  ])('%s gets the country in its own form, and none that is no country', async (slug, read, expected) => {
    expect(read((await sentBy(slug, { userLocation: { country: 'de' } })).body)).toBe(expected)
    for (const country of ['Germany', 'D', '', '49', 'dé', 'XX\r\n']) {
      expect(read((await sentBy(slug, { userLocation: { country } })).body)).toBeUndefined()
    }
  })

  test('tavily gets no country that its list lacks', async () => {
    expect((await sentBy('tavily', { userLocation: { country: 'AQ' } })).body).not.toHaveProperty('country')
    expect((await sentBy('tavily', { userLocation: { country: 'gb' } })).body.country).toBe('united kingdom')
  })

  test('brave gets a country that it supports as a parameter, and any place in headers that can hold it', async () => {
    const userLocation = { city: 'Paris', region: 'Île-de-France', country: 'FR', timezone: 'Europe/Paris' }
    const { parameters, headers } = await sentBy('brave', { userLocation })
    expect(parameters['country']).toBe('FR')
    expect(headers).toMatchObject({ 'x-loc-country': 'FR', 'x-loc-city': 'Paris', 'x-loc-timezone': 'Europe/Paris' })
    expect(headers).not.toHaveProperty('x-loc-state-name')
    const other = await sentBy('brave', {
      userLocation: { country: 'EE', city: 'a\r\nx-evil: 1', region: 'r'.repeat(101) },
    })
    expect(other.parameters).not.toHaveProperty('country')
    expect(other.headers).toMatchObject({ 'x-loc-country': 'EE' })
    for (const name of ['x-loc-city', 'x-loc-state-name', 'x-evil']) expect(other.headers).not.toHaveProperty(name)
  })

  test('firecrawl gets city and region as one place', async () => {
    const { body } = await sentBy('firecrawl', { userLocation: { city: 'Austin', region: 'Texas' } })
    expect(body.location).toBe('Austin, Texas')
    expect((await sentBy('firecrawl', { userLocation: { country: 'US' } })).body).not.toHaveProperty('location')
  })
})

describe('replies', () => {
  test('the character references of brave are characters', async () => {
    const html = 'Q&amp;A &#39;one&#x27; &quot;two&QUOT; &lt;b&gt; &nbsp;&unknown; &#1114112; &#x1F600;'
    const result = { url: 'https://nodejs.org/', title: 'T', description: html }
    const server = await startEngineServer(answerJson({ type: 'search', web: { results: [result] } }))
    const { results } = await engineAt('brave', server.url).search('brave', { query: 'q', maxResults: 1 }, unhurried())
    expect(results[0]?.content).toBe('Q&A \'one\' "two" <b>  &unknown; &#1114112; 😀')
  })

  test('brave leaves its section out when there is no result', async () => {
    const server = await startEngineServer(answerJson({ type: 'search', query: { original: 'q' } }))
    const query = { query: 'q', maxResults: 1 }
    expect((await engineAt('brave', server.url).search('brave', query, unhurried())).results).toEqual([])
  })

  test('firecrawl leaves its list out when there is no result, and shows the page where it has it', async () => {
    let data: object = {}
    const server = await startEngineServer((response) => answerJson({ success: true, data })(response))
    const query = { query: 'q', maxResults: 1 }
    expect((await engineAt('firecrawl', server.url).search('firecrawl', query, unhurried())).results).toEqual([])
    data = { web: [{ url: 'https://nodejs.org/', title: 'T', description: 'd', markdown: '# M' }] }
    const { results } = await engineAt('firecrawl', server.url).search('firecrawl', query, unhurried())
    expect(results[0]?.content).toBe('# M')
  })

  test('searxng that gives no JSON says what to set', async () => {
    const server = await startEngineServer((response) => response.writeHead(403).end('<html>Forbidden</html>'))
    const search = engineAt('searxng', server.url).search('searxng', { query: 'q', maxResults: 1 }, unhurried())
    expect((await failureOf(search)).message).toBe(
      'SearXNG answered with status 403. Its settings.yml must list json under search.formats.',
    )
  })

  test.each([
    ['exa', { results: [], statuses: [{ id: 'u', status: 'error', error: { tag: 'CRAWL_NOT_FOUND' } }] }],
    ['tavily', { results: [], failed_results: [{ url: 'u', error: 'Failed to fetch url' }] }],
    ['firecrawl', { success: true, data: { markdown: '', metadata: { sourceURL: 'https://nodejs.org/' } } }],
    [
      'parallel',
      { results: [], errors: [{ url: 'u', error_type: 'fetch_error', http_status_code: 404, content: null }] },
    ],
  ])('%s tells that it could not read a page', async (slug, reply) => {
    const server = await startEngineServer(answerJson(reply))
    const read = engineAt(slug, server.url).read(slug, 'https://nodejs.org/', unhurried())
    expect(await failureOf(read)).toMatchObject({
      reason: 'no-page',
      message: expect.stringMatching(/ could not read the page\.$/),
    })
  })
})
