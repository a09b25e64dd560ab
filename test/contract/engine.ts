import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { EngineFailure, type SearchQuery, type WebEngines } from '../../src/canonical/web-engines.ts'
import type { Engine } from '../../src/server-tools/engines/engine.ts'
import {
  answerJson,
  engineAt,
  operatorKey,
  startEngineServer,
  unhurried,
} from '../server-tools/engines/engine-server.ts'
import { useVirtualTime } from '../virtual-time.ts'

/** One call, by the vendor's own client or documentation; see test/fixtures/engines/README.md. */
interface RecordedCall<Asked> {
  readonly asked: Asked
  readonly request: {
    readonly method: string
    readonly path: string
    readonly key?: string
    readonly parameters?: Readonly<Record<string, string>>
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: Readonly<Record<string, unknown>>
  }
  readonly reply: unknown
  readonly decoded: readonly {
    readonly url: string
    readonly title: string | null
    readonly texts: readonly string[]
    readonly published?: string
  }[]
}

export interface EngineFixture {
  readonly search: RecordedCall<SearchQuery>
  readonly read?: RecordedCall<string>
}

/** Reads what the vendor's client or documentation says about an engine. */
export const readFixture = (slug: string): EngineFixture =>
  JSON.parse(readFileSync(new URL(`../fixtures/engines/${slug}.json`, import.meta.url), 'utf8'))

const plainQuery: SearchQuery = { query: 'node', maxResults: 5 }

/** Waits for the failure of a call. */
export async function failureOf(call: Promise<unknown>): Promise<EngineFailure> {
  const outcome = await call.catch((error: unknown) => error)
  if (outcome instanceof EngineFailure) return outcome
  throw new Error(`There was no failure of the engine: ${outcome instanceof Error ? outcome.stack : outcome}`)
}

/** Describes the behaviour of every engine. */
export function describeEngine(engine: Engine): void {
  const { slug, name, apiKey, search: half } = engine
  const fixture = readFixture(slug)
  const search = (engines: WebEngines, query = plainQuery) => engines.search(slug, query, unhurried())
  const failureWith = async (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const server = await startEngineServer((response) => {
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    return { server, failure: await failureOf(search(engineAt(slug, server.url))) }
  }

  describe(`engine: ${slug}`, () => {
    describe.each(fixture.read === undefined ? (['search'] as const) : (['search', 'read'] as const))(
      '%s',
      (operation) => {
        const { asked, request, reply, decoded } = (
          operation === 'search' ? fixture.search : fixture.read
        ) as RecordedCall<unknown>
        const call = (engines: WebEngines) =>
          operation === 'search'
            ? engines.search(slug, asked as SearchQuery, unhurried())
            : engines.read(slug, String(asked), unhurried())

        test('sends the request that the vendor’s own client sends, and only the key of this engine', async () => {
          const server = await startEngineServer(answerJson(reply))
          await call(engineAt(slug, server.url))
          expect(server.requests).toHaveLength(1)
          const [received] = server.requests
          // Vendors' clients also say who they are.
          const { origin: _, ...body } = request.body ?? {}
          expect({ ...received, headers: undefined }).toEqual({
            method: request.method,
            path: request.path,
            parameters: request.parameters ?? {},
            headers: undefined,
            body: request.body === undefined ? undefined : body,
          })
          expect(received?.headers).toMatchObject({ 'accept-encoding': 'identity', ...request.headers })
          if (apiKey === null) expect(JSON.stringify(received)).not.toContain('key')
          else expect(received?.headers[apiKey.header]).toBe(request.key)
        })

        test('reads the reply as the vendor’s own client does', async () => {
          const server = await startEngineServer(answerJson(reply))
          const answer = await call(engineAt(slug, server.url))
          const expected = decoded.map(({ url, title, texts, published }) => ({
            url,
            title: title || url,
            content: texts.join('\n\n'),
            ...(operation === 'search' && { publishedAt: published }),
          }))
          expect(answer.engine).toBe(slug)
          expect('page' in answer ? [answer.page] : answer.results).toEqual(expected)
        })

        test('a path of its own may stand before the paths of the API', async () => {
          const server = await startEngineServer(answerJson(reply))
          await call(engineAt(slug, `${server.url}/proxy/`))
          expect(server.requests[0]?.path).toBe(`/proxy${request.path}`)
        })
      },
    )

    test('a search without results brings none, and costs as much as one with results', async () => {
      const server = await startEngineServer(answerJson(emptyReply(fixture.search.reply)))
      expect(await search(engineAt(slug, server.url))).toEqual({
        engine: slug,
        results: [],
        fee: half.modes[half.usualMode],
      })
    })

    test('results without an address, or with one that is no web page, are left out', async () => {
      const reply = withResults(fixture.search.reply, [
        { title: 'Nowhere' },
        { title: 'Script', url: 'javascript:alert(1)' },
        { title: 'File', url: 'file:///etc/passwd' },
        { title: 'Page', url: 'https://nodejs.org/' },
      ])
      const server = await startEngineServer(answerJson(reply))
      const { results } = await search(engineAt(slug, server.url))
      expect(results).toEqual([{ url: 'https://nodejs.org/', title: 'Page', content: '', publishedAt: undefined }])
    })

    test('results outside the wanted domains are dropped, whatever the engine sends', async () => {
      const urls = [
        'https://nodejs.org/en',
        'https://api.NODEJS.org/docs',
        'https://notnodejs.org/',
        'https://nodejs.org.evil.example/',
        'https://evil.example/?nodejs.org',
        'https://old.nodejs.org/',
        'https://nodejs.org@evil.example/',
        'https://github.com/nodejs/node',
        'https://github.com/nodejs-evil',
        'https://github.com/denoland',
      ]
      const reply = withResults(
        fixture.search.reply,
        urls.map((url) => ({ url, title: 't' })),
      )
      const server = await startEngineServer(answerJson(reply))
      const found = async (query: Partial<SearchQuery>) =>
        (await search(engineAt(slug, server.url), { ...plainQuery, maxResults: 20, ...query })).results.map(
          ({ url }) => url,
        )
      const allowedDomains = ['nodejs.org', 'https://github.com/nodejs']
      const excludedDomains = ['*.old.nodejs.org', 'evil.example']
      expect(await found({})).toEqual(urls)
      expect(await found({ allowedDomains })).toEqual([urls[0], urls[1], urls[5], urls[7]])
      expect(await found({ excludedDomains })).toEqual([urls[0], urls[1], urls[2], urls[7], urls[8], urls[9]])
      expect(await found({ allowedDomains, excludedDomains })).toEqual([urls[0], urls[1], urls[7]])
      expect(await found({ allowedDomains: ['no domain'] })).toEqual([])
    })

    test('no more results, and no longer ones, than were asked for', async () => {
      const many = Array.from({ length: 30 }, (_, index) => ({
        url: `https://nodejs.org/${index}`,
        title: 't',
        content: 'c'.repeat(500),
        description: 'c'.repeat(500),
        snippet: 'c'.repeat(500),
        excerpts: ['c'.repeat(500)],
        highlights: ['c'.repeat(500)],
      }))
      const server = await startEngineServer(answerJson(withResults(fixture.search.reply, many)))
      const { results } = await search(engineAt(slug, server.url), { ...plainQuery, maxResults: 3, maxCharacters: 40 })
      expect(results.map(({ url }) => url)).toEqual([
        'https://nodejs.org/0',
        'https://nodejs.org/1',
        'https://nodejs.org/2',
      ])
      expect(results.map(({ content }) => content)).toEqual(Array(3).fill('c'.repeat(40)))
    })

    test.each([
      [401, 'credentials'],
      [402, 'credentials'],
      [403, 'credentials'],
      [400, 'refused'],
      [429, 'rate-limited'],
      [500, 'unavailable'],
      [503, 'unavailable'],
    ] as const)('status %i is a failure that names engine and status: %s', async (status, reason) => {
      const { server, failure } = await failureWith(status, { error: 'No luck.' })
      expect(failure).toMatchObject({ reason, status })
      expect(failure.message).toContain(`${name} answered with status ${status}: No luck.`)
      expect(server.requests).toHaveLength(1)
    })

    test.each([
      ['what it says', (key: string) => ({ error: { message: `Bad key ${key}.` } })],
      ['what it says, in part', (key: string) => ({ detail: { error: `Bad key ${key.slice(3, 20)}.` } })],
      ['text', (key: string) => `No such key: ${encodeURIComponent(key)}`],
    ])('the key is in no error although the engine quotes it: %s', async (_, quote) => {
      if (apiKey === null) return
      const { failure } = await failureWith(401, quote(operatorKey))
      expect(failure.message).toContain('[REDACTED]')
      expect(failure.message).not.toContain('operator')
    })

    test.each([
      ['no JSON', 'hello'],
      ['half of a JSON text', '{"results": [{'],
      ['a web page', '<!doctype html><title>Hello</title>'],
      ['JSON without results', '{"hello": 1}'],
      ['a list', '[1, 2]'],
      ['results that are no list', '{"results": "none", "web": 1, "data": {"web": 2}}'],
      ['nothing', ''],
      ['nesting without end', '['.repeat(100_000)],
    ])('an answer that is none is a failure: %s', async (_, body) => {
      const { failure } = await failureWith(200, body)
      expect(failure.reason).toBe('unusable')
      expect(failure.message).toMatch(new RegExp(`^${name} sent an answer .*\\.$`))
    })

    test('an answer that would take too much memory is not parsed', async () => {
      const { failure } = await failureWith(200, `{"hello":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
      expect(failure.message).toBe(`${name} sent an answer that nests deeper than 2000 levels.`)
    })

    test('a redirect is not followed', async () => {
      const elsewhere = await startEngineServer(answerJson(fixture.search.reply))
      const { failure } = await failureWith(302, '', { location: elsewhere.url })
      expect(failure).toMatchObject({ reason: 'unusable', status: 302 })
      expect(failure.message).toBe(
        `${name} answered with status 302. Redirects are not followed: correct its base_url.`,
      )
      expect(elsewhere.requests).toEqual([])
    })

    test('a packed answer is unpacked, though none was asked for', async () => {
      const server = await startEngineServer((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(fixture.search.reply)))
      })
      expect((await search(engineAt(slug, server.url))).results).toHaveLength(2)
    })

    test('a packed answer that unpacks to too much is a failure', async () => {
      const server = await startEngineServer((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000, ' ')))
      })
      expect(await failureOf(search(engineAt(slug, server.url)))).toMatchObject({ reason: 'unusable' })
    })

    test('an answer that is too long is a failure before it is read whole', async () => {
      let sent = 0
      const closed = Promise.withResolvers<void>()
      const server = await startEngineServer((response) => {
        response.on('close', () => closed.resolve())
        const more = (): void => {
          sent += 1_000_000
          if (sent <= 100_000_000 && !response.destroyed) response.write(' '.repeat(1_000_000), more)
        }
        more()
      })
      const failure = await failureOf(search(engineAt(slug, server.url)))
      expect(failure.message).toBe(`${name} sent an answer of more than 8388608 bytes.`)
      expect(sent).toBeLessThan(60_000_000)
      // The connection does not stay behind.
      await closed.promise
    })

    test('a broken connection is tried once more', async () => {
      const server = await startEngineServer((response, count) => {
        if (count === 1) response.destroy()
        else answerJson(fixture.search.reply)(response)
      })
      expect((await search(engineAt(slug, server.url))).results).toHaveLength(2)
      expect(server.requests).toHaveLength(2)
    })

    test('a connection that breaks again is a failure', async () => {
      const server = await startEngineServer((response) => response.destroy())
      const failure = await failureOf(search(engineAt(slug, server.url)))
      expect(failure.reason).toBe('unavailable')
      expect(failure.message).toMatch(new RegExp(`^${name} cannot be reached, or closed the connection \\(\\w+\\)\\.$`))
      expect(server.requests).toHaveLength(2)
    })

    test('an answer that breaks off is not asked for again, since it was paid for', async () => {
      const server = await startEngineServer((response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"results":', () => response.destroy())
      })
      const failure = await failureOf(search(engineAt(slug, server.url)))
      expect(failure.message).toMatch(new RegExp(`^${name} cut its answer before the end \\(\\w+\\)\\.$`))
      expect(server.requests).toHaveLength(1)
    })

    describe('in time', () => {
      useVirtualTime()

      test.each([
        ['that never answers', () => {}],
        ['whose answer never ends', (send: (text: string) => void) => void setInterval(() => send(' '), 100).unref()],
        ['that answers too late', (send: (text: string) => void) => void setTimeout(() => send('{}'), 60_000).unref()],
      ])('an engine %s is given up', async (_, play) => {
        const server = await startEngineServer((response) => {
          response.on('error', () => {})
          play((text) => response.destroyed || response.write(text))
        })
        const failure = await failureOf(
          engineAt(slug, server.url).search(slug, plainQuery, { ...unhurried(), timeoutMs: 1_500 }),
        )
        expect(failure.reason).toBe('timeout')
        expect(failure.message).toBe(`${name} did not answer within 1.5 s.`)
        expect(server.requests).toHaveLength(1)
      })

      test('a short wait that the engine asks for is waited once', async () => {
        const server = await startEngineServer((response, count) => {
          if (count === 1) response.writeHead(429, { 'retry-after': '2' }).end('{}')
          else answerJson(fixture.search.reply)(response)
        })
        const start = performance.now()
        expect((await search(engineAt(slug, server.url))).results).toHaveLength(2)
        expect(performance.now() - start).toBeGreaterThanOrEqual(2_000)
        expect(server.requests).toHaveLength(2)
      })

      test('a wait that the engine asks for again is a failure', async () => {
        const server = await startEngineServer((response) => response.writeHead(429, { 'retry-after': '1' }).end('{}'))
        expect(await failureOf(search(engineAt(slug, server.url)))).toMatchObject({
          reason: 'rate-limited',
          status: 429,
        })
        expect(server.requests).toHaveLength(2)
      })

      test('a refusal whose text never ends is known by its status', async () => {
        const server = await startEngineServer((response) => response.writeHead(401).write('{"error":'))
        const start = performance.now()
        expect(await failureOf(search(engineAt(slug, server.url)))).toMatchObject({
          reason: 'credentials',
          status: 401,
        })
        expect(performance.now() - start).toBeLessThan(5_000)
      })

      test.each([
        ['longer than is worth it', '6', 30_000],
        ['longer than the limit', '3', 1_000],
      ])('a wait that is %s is a failure at once', async (_, wait, timeoutMs) => {
        const server = await startEngineServer((response) => {
          response.writeHead(503, { 'retry-after': wait }).end('{}')
        })
        const start = performance.now()
        const failure = await failureOf(
          engineAt(slug, server.url).search(slug, plainQuery, { ...unhurried(), timeoutMs }),
        )
        expect(failure).toMatchObject({ reason: 'unavailable', status: 503 })
        expect(performance.now() - start).toBeLessThan(1_000)
        expect(server.requests).toHaveLength(1)
      })
    })

    test('a caller who leaves gets the own reason, and the connection ends', async () => {
      const leaving = new AbortController()
      const closed = Promise.withResolvers<void>()
      const server = await startEngineServer((response) => {
        response.on('close', () => closed.resolve())
        leaving.abort(new Error('The client left.'))
      })
      const call = engineAt(slug, server.url).search(slug, plainQuery, { signal: leaving.signal, timeoutMs: 30_000 })
      await expect(call).rejects.toThrow('The client left.')
      await closed.promise
    })
  })
}

/** Returns a reply with other results, in the place where the engine has them. */
function withResults(reply: unknown, results: readonly unknown[]): unknown {
  if (typeof reply !== 'object' || reply === null) return reply
  return Object.fromEntries(
    Object.entries(reply).map(([key, value]) => [
      key,
      key === 'results' || (key === 'web' && Array.isArray(value))
        ? results
        : key === 'data' || key === 'web'
          ? withResults(value, results)
          : value,
    ]),
  )
}

const emptyReply = (reply: unknown): unknown => withResults(reply, [])
