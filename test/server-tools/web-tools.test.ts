import { afterEach, describe, expect, test } from 'vitest'
import { startPages, startSearxng, startServer, type TestServer } from '../features/web-servers.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
let opened: TestServer[] = []
afterEach(async () => {
  await gateway.close()
  await Promise.all(opened.map((server) => server.close()))
  opened = []
})
const open = async (server: Promise<TestServer>): Promise<TestServer> => {
  opened.push(await server)
  return server
}

const results = Array.from({ length: 30 }, (_, index) => ({
  url: `https://example.${index % 2 === 0 ? 'com' : 'org'}/${index}`,
  title: `Result ${index}`,
  content: 'word '.repeat(4_000),
}))

/** An upstream that calls the tool with these arguments, one call a turn, and then answers in text. */
const startCaller = (name: string, calls: readonly object[]): Promise<TestServer> =>
  startServer((_, response, body) => {
    const { messages, tool_choice: choice } = JSON.parse(body)
    const done = messages.filter(({ role }: { role: string }) => role === 'tool').length
    const given = choice === 'none' ? undefined : calls[done]
    const message =
      given === undefined
        ? { role: 'assistant', content: 'Done.' }
        : {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: `call_${done}`, type: 'function', function: { name, arguments: JSON.stringify(given) } },
            ],
          }
    response.setHeader('content-type', 'application/json')
    const choices = [{ index: 0, message, finish_reason: given === undefined ? 'stop' : 'tool_calls' }]
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }))
  })

async function start(caller: TestServer, config: object = {}) {
  const upstream = { base_url: `${caller.url}/v1`, api_key: 'upstream-secret' }
  gateway = await startGateway({
    fetch: { allow: ['127.0.0.1'] },
    providers: { 'prov-a': upstream, 'prov-b': upstream, 'prov-c': upstream },
    ...config,
  })
}

interface Outcome {
  readonly status: string
  readonly error?: string
  readonly results?: readonly { readonly url: string; readonly content: string }[]
  readonly [field: string]: unknown
}

async function outcomesOf(tool: object) {
  const response = await gateway.chat({ tools: [tool] })
  const reply = JSON.parse(await response.text())
  const details: readonly { result: string }[] = reply.choices?.[0].message.reasoning_details ?? []
  return { reply, status: response.status, outcomes: details.map(({ result }): Outcome => JSON.parse(result)) }
}

describe('openrouter:web_search', () => {
  const search = async (tool: object, calls: readonly object[] = [{ query: 'rivers' }]) => {
    const searxng = await open(startSearxng(results))
    await start(await open(startCaller('web_search', calls)), { search: { searxng: { base_url: searxng.url } } })
    return { searxng, ...(await outcomesOf({ type: 'openrouter:web_search', ...tool })) }
  }

  test('searches when the model asks, and its results are cited', async () => {
    const { searxng, reply, outcomes } = await search({})
    expect(searxng.requests).toHaveLength(1)
    expect(outcomes[0]).toMatchObject({ status: 'completed', notice: expect.stringContaining('It is data') })
    expect(outcomes[0]?.results).toHaveLength(5)
    expect(reply.choices[0].message.annotations).toHaveLength(5)
    expect(reply.usage.server_tool_use_details).toEqual({
      tool_calls_requested: 1,
      tool_calls_executed: 1,
      web_search_requests: 1,
    })
    expect(reply.usage.server_tool_use).toEqual({ web_search_requests: 1 })
  })

  test.each(['web_search', 'web_search_preview', 'web_search_preview_2025_03_11', 'web_search_2025_08_26'])(
    'the shorthand %s is the same tool, and its parameters stand beside the type',
    async (type) => {
      const { outcomes } = await search({ type, max_results: 2 })
      expect(outcomes[0]?.results).toHaveLength(2)
    },
  )

  test('max_results, max_characters, search_context_size, allowed_domains and excluded_domains', async () => {
    const one = async (parameters: object) => {
      const { outcomes } = await search({ parameters })
      await gateway.close()
      return outcomes[0]?.results ?? []
    }
    expect(await one({ max_results: 25 })).toHaveLength(25)
    expect((await one({ max_characters: 10 }))[0]?.content).toHaveLength(10)
    expect((await one({ search_context_size: 'low' }))[0]?.content).toHaveLength(1_000)
    expect((await one({ search_context_size: 'high', max_characters: 20 }))[0]?.content).toHaveLength(20)
    expect(
      (await one({ allowed_domains: ['example.org'] })).every(({ url }) => url.startsWith('https://example.org/')),
    ).toBe(true)
    expect(
      (await one({ excluded_domains: ['example.org'] })).every(({ url }) => url.startsWith('https://example.com/')),
    ).toBe(true)
    await start(await open(startCaller('web_search', [])))
  })

  test('beyond max_uses and max_total_results the model reads why, and no search is made', async () => {
    const calls = [{ query: 'a' }, { query: 'b' }, { query: 'c' }]
    const { searxng, outcomes } = await search({ parameters: { max_uses: 2 } }, calls)
    expect(searxng.requests).toHaveLength(2)
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'failed'])
    expect(outcomes[2]?.error).toBe('The limit of searches is reached.')
    await gateway.close()
    const limited = await search({ parameters: { max_results: 4, max_total_results: 6 } }, calls)
    expect(limited.outcomes.map(({ results: found }) => found?.length)).toEqual([4, 2, undefined])
    expect(limited.outcomes[2]?.error).toBe('The limit of results is reached.')
  })

  test('a call without a query, and an engine that fails, are told to the model', async () => {
    const { outcomes, status } = await search({}, [{}])
    expect([status, outcomes[0]?.error]).toEqual([200, 'The argument "query" is missing.'])
    await gateway.close()
    await start(await open(startCaller('web_search', [{ query: 'a' }])), {
      search: { searxng: { base_url: 'http://127.0.0.1:9' } },
    })
    const broken = await outcomesOf({ type: 'openrouter:web_search' })
    expect(broken.status).toBe(200)
    expect(broken.outcomes[0]).toMatchObject({ status: 'failed', error: expect.stringContaining('SearXNG') })
  })

  test.each([
    ['exa', 'search.exa.api_key'],
    ['native', 'of its own'],
  ])('engine %s, which is not there, is a 400 before any call', async (engine, words) => {
    const { status, reply } = await search({ parameters: { engine } })
    expect(status).toBe(400)
    expect(reply.error.message).toContain(words)
    expect(opened[1]?.requests).toHaveLength(0)
  })
})

describe('openrouter:web_fetch', () => {
  const page =
    '<html><head><title>Rivers</title></head><body><article><p>Rivers are long, and there are many of them.</p></article></body></html>'
  const read = async (paths: readonly string[], parameters: object = {}, config: object = {}) => {
    const pages = await open(
      startPages({
        '/rivers': page,
        '/metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
        '/hop': (response) =>
          response.writeHead(302, { location: `http://localhost:${new URL(pages.url).port}/rivers` }).end(),
        '/silent': () => {},
      }),
    )
    const calls = paths.map((path) => ({ url: path.startsWith('/') ? pages.url + path : path }))
    await start(await open(startCaller('web_fetch', calls)), config)
    return { pages, ...(await outcomesOf({ type: 'openrouter:web_fetch', parameters })) }
  }

  test('reads a page, in the shape of the contract', async () => {
    const { outcomes, pages, reply } = await read(['/rivers'])
    expect(outcomes[0]).toEqual({
      url: `${pages.url}/rivers`,
      title: 'Rivers',
      notice: expect.stringContaining('It is data'),
      content: expect.stringContaining('Rivers are long'),
      status: 'completed',
      retrieved_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    const { data } = JSON.parse(await (await gateway.get(`/api/v1/generation?id=${reply.id}`)).text())
    expect(data.num_fetches).toBe(1)
  })

  test('what may not be reached is told to the model', async () => {
    const { outcomes, status } = await read([
      'http://169.254.169.254/',
      '/metadata',
      'http://10.1.2.3/',
      'file:///etc/passwd',
      'http://0x7f.1/',
    ])
    expect(status).toBe(200)
    expect(outcomes.map(({ status: outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed'])
  })

  test('what is no address of the web is refused as such', async () => {
    const { outcomes } = await read(['the second result', 'ftp://example.com/'])
    const error = 'The address must begin with http:// or https://.'
    expect(outcomes).toMatchObject([
      { status: 'failed', error },
      { status: 'failed', error },
    ])
  })

  test('max_uses, max_content_tokens, allowed_domains and blocked_domains, also behind a redirect', async () => {
    const one = async (parameters: object, paths: readonly string[] = ['/rivers']) => {
      const { outcomes } = await read(paths, parameters, { fetch: { allow: ['127.0.0.1', 'localhost'] } })
      await gateway.close()
      return outcomes
    }
    expect((await one({ max_uses: 1 }, ['/rivers', '/rivers']))[1]?.error).toBe('The limit of pages is reached.')
    expect((await one({ max_content_tokens: 3 }))[0]?.['content']).not.toContain('many')
    expect((await one({ allowed_domains: ['example.com'] }))[0]?.status).toBe('failed')
    expect((await one({ blocked_domains: ['127.0.0.1'] }))[0]?.status).toBe('failed')
    expect((await one({ blocked_domains: ['localhost'] }, ['/hop']))[0]?.error).toContain('may not be read')
    await start(await open(startCaller('web_fetch', [])))
  })
})
