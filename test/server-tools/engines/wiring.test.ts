import { describe, expect, test } from 'vitest'
import { engineNames, readingEngineNames } from '../../../src/canonical/settings/web-search.ts'
import type { SearchQuery } from '../../../src/canonical/web-engines.ts'
import { engines as registry } from '../../../src/server-tools/engines/_registry.ts'
import { failureOf, readFixture } from '../../contract/engine.ts'
import { answerJson, enginesOf, operatorKey, startEngineServer, unhurried } from './engine-server.ts'

const keys = { EXA_API_KEY: 'e', TAVILY_API_KEY: 't', BRAVE_SEARCH_API_KEY: 'b', PERPLEXITY_API_KEY: 'p' }
const searxng = 'searxng: { base_url: "http://127.0.0.1:8888" }'

describe('which engines can be used, in which order', () => {
  test.each([
    ['none', '', {}, []],
    ['those that the environment has a key for, by name', '', keys, ['brave', 'exa', 'perplexity', 'tavily']],
    ['none of these without discovery', 'discovery: false', keys, []],
    [
      'those of the file first, in its order',
      `search: { tavily: {}, ${searxng} }`,
      keys,
      ['tavily', 'searxng', 'brave', 'exa', 'perplexity'],
    ],
    [
      'the default before all',
      `search: { ${searxng}, default: perplexity }`,
      keys,
      ['perplexity', 'searxng', 'brave', 'exa', 'tavily'],
    ],
    [
      'the key of the environment for a section without one, also without discovery',
      'discovery: false\nsearch: { exa: {} }',
      keys,
      ['exa'],
    ],
    [
      'a server of one’s own needs no key',
      'search: { firecrawl: { base_url: "http://10.0.0.1:3002" } }',
      {},
      ['firecrawl'],
    ],
  ])('%s', (_, text, environment, expected) => {
    expect(enginesOf(text, environment).configured).toEqual(expected)
  })

  test('auto is the first of them', async () => {
    const server = await startEngineServer(answerJson(readFixture('searxng').search.reply))
    const engines = enginesOf(`search: { searxng: { base_url: "${server.url}" } }`, keys)
    const { engine, fee } = await engines.search('auto', { query: 'q', maxResults: 5 }, unhurried())
    expect({ engine, fee }).toEqual({ engine: 'searxng', fee: 0 })
  })

  test('a key of the environment is sent without the space around it', async () => {
    const server = await startEngineServer(answerJson(readFixture('exa').search.reply))
    const engines = enginesOf(`search: { exa: { base_url: "${server.url}" } }`, { EXA_API_KEY: ' k \n' })
    await engines.search('exa', { query: 'q', maxResults: 5 }, unhurried())
    expect(server.requests[0]?.headers['x-api-key']).toBe('k')
  })
})

describe('what is missing', () => {
  test('nothing, where the engine can do it', () => {
    const engines = enginesOf(`search: { ${searxng}, exa: { api_key: k } }`)
    expect([engines.missing('searxng'), engines.missing('auto'), engines.missing('exa', 'read')]).toEqual([
      null,
      null,
      null,
    ])
  })

  test.each([
    [
      'exa',
      'search',
      'Exa is not configured: set search.exa.api_key in the configuration, or the environment variable EXA_API_KEY.',
    ],
    [
      'brave',
      'search',
      'Brave Search is not configured: set search.brave.api_key in the configuration, or the environment variable BRAVE_API_KEY.',
    ],
    ['searxng', 'search', 'SearXNG is not configured: set search.searxng.base_url in the configuration.'],
    [
      'auto',
      'search',
      'No search engine is configured: add one to the section "search" of the configuration, such as search.searxng.base_url or search.exa.api_key.',
    ],
    [
      'exa',
      'read',
      'Exa is not configured: set search.exa.api_key in the configuration, or the environment variable EXA_API_KEY.',
    ],
    ['brave', 'read', 'Brave Search reads no pages. These engines do: exa, firecrawl, parallel, tavily.'],
    [
      'google',
      'search',
      'There is no engine "google". There are: brave, exa, firecrawl, parallel, perplexity, searxng, tavily.',
    ],
  ] as const)('%s to %s', async (slug, operation, sentence) => {
    const engines = enginesOf('')
    expect(engines.missing(slug, operation)).toBe(sentence)
    const call =
      operation === 'search'
        ? engines.search(slug, { query: 'q', maxResults: 1 }, unhurried())
        : engines.read(slug, 'https://a.example', unhurried())
    expect(await failureOf(call)).toMatchObject({ reason: 'not-configured', message: sentence })
  })

  test('no environment variable, where discovery is off', () => {
    expect(enginesOf('discovery: false').missing('exa')).toBe(
      'Exa is not configured: set search.exa.api_key in the configuration.',
    )
  })
})

test('requests may name every engine, and to read a page every one that reads', () => {
  expect(engineNames.toSorted()).toEqual(registry.map(({ slug }) => slug))
  expect(readingEngineNames.toSorted()).toEqual(
    registry.flatMap(({ slug, read }) => (read === undefined ? [] : [slug])),
  )
})

/** Returns what a search costs in nano-USD that brings so many results. */
async function feeOf(slug: string, query: Partial<SearchQuery>, found = 1, prices = ''): Promise<number> {
  const results = Array.from({ length: found }, (_, index) => ({ url: `https://site-${index}.example/`, title: 't' }))
  const lists = { results, web: { results }, data: { web: results } }
  const server = await startEngineServer(answerJson(lists))
  const engines = enginesOf(`search: { ${slug}: { api_key: ${operatorKey}, base_url: "${server.url}"${prices} } }`)
  return (await engines.search(slug, { query: 'q', maxResults: 25, ...query }, unhurried())).fee
}

describe('what a search costs', () => {
  test.each<[slug: string, query: Partial<SearchQuery>, found: number, fee: number]>([
    ['exa', {}, 9, 7_000_000],
    ['exa', {}, 10, 7_000_000],
    ['exa', {}, 13, 10_000_000],
    ['exa', { mode: 'deep' }, 10, 12_000_000],
    ['exa', { mode: 'deep-reasoning' }, 11, 16_000_000],
    ['tavily', {}, 20, 8_000_000],
    ['tavily', { mode: 'deep' }, 20, 16_000_000],
    ['brave', {}, 20, 5_000_000],
    ['firecrawl', {}, 10, 1_660_000],
    ['firecrawl', {}, 11, 3_320_000],
    ['firecrawl', {}, 25, 4_980_000],
    ['parallel', {}, 10, 5_000_000],
    ['parallel', { mode: 'instant' }, 12, 3_000_000],
    ['perplexity', {}, 20, 5_000_000],
    ['perplexity', { mode: 'fast' }, 20, 1_000_000],
  ])('%s, %o, with %i results: %i nano-USD', async (slug, query, found, fee) => {
    expect(await feeOf(slug, query, found)).toBe(fee)
  })

  test('results that are dropped were paid for', async () => {
    expect(await feeOf('exa', { excludedDomains: ['example'] }, 12)).toBe(9_000_000)
  })

  test('the operator’s own price is that of each search, in any mode and with any results', async () => {
    expect(await feeOf('exa', { mode: 'deep' }, 20, ', price_per_request: 0.0055')).toBe(5_500_000)
    expect(await feeOf('exa', {}, 20, ', price_per_request: 0')).toBe(0)
  })

  test.each([
    ['exa', 1_000_000],
    ['tavily', 1_600_000],
    ['firecrawl', 830_000],
    ['parallel', 1_000_000],
  ])('a page of %s costs %i nano-USD, or the operator’s own price', async (slug, fee) => {
    const server = await startEngineServer(answerJson(readFixture(slug).read?.reply))
    const read = (prices: string) =>
      enginesOf(`search: { ${slug}: { api_key: ${operatorKey}, base_url: "${server.url}"${prices} } }`).read(
        slug,
        'https://nodejs.org/en/blog',
        unhurried(),
      )
    expect((await read('')).fee).toBe(fee)
    expect((await read(', price_per_page: 0.25')).fee).toBe(250_000_000)
  })
})
