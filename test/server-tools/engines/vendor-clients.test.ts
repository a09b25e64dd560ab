import Perplexity from '@perplexity-ai/perplexity_ai'
import Parallel from 'parallel-web'
import { expect, test } from 'vitest'
import type { SearchQuery, WebEngines } from '../../../src/canonical/web-engines.ts'
import { readFixture } from '../../contract/engine.ts'
import { answerJson, engineAt, operatorKey, startEngineServer, unhurried } from './engine-server.ts'

/** Sends the same call with the vendor's client and with ours, and returns what either sent and read. */
async function compare(
  slug: string,
  reply: unknown,
  theirs: (baseURL: string) => Promise<unknown>,
  ours: (engines: WebEngines) => Promise<unknown>,
) {
  const server = await startEngineServer(answerJson(reply))
  const read = [await theirs(server.url), await ours(engineAt(slug, server.url))]
  const sent = server.requests.map(({ method, path, headers, body }) => {
    const { authorization, 'x-api-key': apiKey, 'content-type': contentType } = headers
    return { method, path, authorization, apiKey, contentType, body }
  })
  expect(sent).toHaveLength(2)
  return { sent, read }
}

const query: SearchQuery = {
  query: 'What is new in Node 26?',
  maxResults: 15,
  mode: 'instant',
  excludedDomains: ['old.nodejs.org', 'deno.com'],
  userLocation: { country: 'de' },
}

test('parallel: the client sends and reads the same search', async () => {
  const { reply } = readFixture('parallel').search
  const { sent, read } = await compare(
    'parallel',
    reply,
    async (baseURL) => {
      const { results } = await new Parallel({ apiKey: operatorKey, baseURL }).search({
        objective: query.query,
        search_queries: [query.query],
        mode: 'turbo',
        advanced_settings: {
          max_results: 15,
          location: 'DE',
          source_policy: { exclude_domains: ['old.nodejs.org', 'deno.com'] },
        },
      })
      return results.map(({ url, title, excerpts, publish_date: date }) => ({
        url,
        title: title ?? url,
        content: excerpts.join('\n\n'),
        publishedAt: date ?? undefined,
      }))
    },
    async (engines) => (await engines.search('parallel', query, unhurried())).results,
  )
  expect(sent[1]).toEqual(sent[0])
  expect(read[1]).toEqual(read[0])
})

test('parallel: the client sends and reads the same page', async () => {
  const { sent, read } = await compare(
    'parallel',
    readFixture('parallel').read?.reply,
    async (baseURL) => {
      const { results } = await new Parallel({ apiKey: operatorKey, baseURL }).extract({
        urls: ['https://nodejs.org/en/blog'],
        advanced_settings: { full_content: true },
      })
      return results.map(({ url, title, full_content: content }) => ({ url, title, content }))
    },
    async (engines) => [(await engines.read('parallel', 'https://nodejs.org/en/blog', unhurried())).page],
  )
  expect(sent[1]).toEqual(sent[0])
  expect(read[1]).toEqual(read[0])
})

test('perplexity: the client sends and reads the same search', async () => {
  const { reply } = readFixture('perplexity').search
  const { sent, read } = await compare(
    'perplexity',
    reply,
    async (baseURL) => {
      const { results } = await new Perplexity({ apiKey: operatorKey, baseURL }).search.create({
        query: query.query,
        max_results: 15,
        search_domain_filter: ['-old.nodejs.org', '-deno.com'],
        country: 'DE',
      })
      return results.map(({ url, title, snippet, date }) => ({
        url,
        title,
        content: snippet,
        publishedAt: date ?? undefined,
      }))
    },
    async (engines) => (await engines.search('perplexity', { ...query, mode: 'auto' }, unhurried())).results,
  )
  expect(sent[1]).toEqual(sent[0])
  expect(read[1]).toEqual(read[0])
})
