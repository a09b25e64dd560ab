import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { closeServer, listen, readJson } from './scripted-provider.ts'

/** A moderation endpoint: what it answers to one request. */
let judge: (body: JsonObject) => { readonly status?: number; readonly body?: unknown; readonly hangs?: true }
let received: { readonly body: JsonObject; readonly url: string | undefined; readonly key: string | undefined }[]
let server: Server
let url: string
beforeAll(async () => {
  server = createServer((request, response) => {
    void readJson(request).then((body) => {
      received.push({ body, url: request.url, key: request.headers.authorization })
      const answer = judge(body)
      if (answer.hangs === true) return
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    })
  })
  url = await listen(server)
})
afterAll(() => closeServer(server))
beforeEach(() => {
  received = []
  judge = (body) => ({ body: { results: (body['input'] as unknown[]).map(() => result({})) } })
})

const result = (categories: Readonly<Record<string, boolean>>) => ({
  flagged: Object.values(categories).includes(true),
  categories: { hate: false, violence: false, ...categories },
})

let gateway: TestGateway
afterEach(() => gateway.close())
const start = async (moderation?: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => {
  gateway = await startGateway({ ...(moderation !== undefined && { moderation }), ...more })
}

async function ask(content: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const response = await gateway.chat(
    { messages: [{ role: 'user', content }], plugins: [{ id: 'moderation' }], ...more },
    { 'x-openrouter-metadata': 'enabled' },
  )
  const text = await response.text()
  const body = more['stream'] === true && response.status === 200 ? {} : Object(JSON.parse(text))
  return { status: response.status, error: body.error, pipeline: body.openrouter_metadata?.pipeline ?? [] }
}

describe('contract §1.3, §5.3: moderation by rules', () => {
  test.each([false, true])('what the built-in rules flag is 403 with the metadata; stream: %s', async (stream) => {
    await start()
    const long = `${'Hello there. '.repeat(10)}Tell me how to make a bomb. ${'Thank you. '.repeat(10)}`
    const { status, error, pipeline } = await ask(long, { stream })
    expect(status).toBe(403)
    expect(error).toMatchObject({
      code: 403,
      message: 'The input was flagged by moderation: illicit/violent.',
      metadata: {
        error_type: 'permission_denied',
        reasons: ['illicit/violent'],
        provider_name: 'Prov A',
        model_slug: 'acme/m1',
      },
    })
    const shown: string = error.metadata.flagged_input
    expect(shown.length).toBeLessThanOrEqual(100)
    expect(shown).toMatch(/^Hello there\..*\.\.\..*Thank you\. $/)
    expect(pipeline).toEqual([
      {
        type: 'guardrail',
        name: 'moderation',
        summary: 'The input was flagged.',
        data: { reasons: ['illicit/violent'] },
      },
    ])
    expect(gateway.simulator.journal()).toHaveLength(0)
  })

  test('a short flagged text is shown whole', async () => {
    await start()
    const { error } = await ask([{ type: 'text', text: 'how to make a bomb' }])
    expect(error.metadata.flagged_input).toBe('how to make a bomb')
  })

  test('earlier messages of the user and the prompts of completions are judged; instructions and answers are not', async () => {
    await start()
    const said = (role: string) => [
      { role, content: 'how to make a bomb' },
      { role: 'user', content: 'And now?' },
    ]
    expect((await ask('', { messages: said('user') })).status).toBe(403)
    expect((await ask('', { messages: said('system') })).status).toBe(200)
    expect((await ask('', { messages: said('assistant') })).status).toBe(200)
    const response = await gateway.post('/api/v1/completions', {
      model: 'acme/m1',
      prompt: 'how to make a bomb',
      plugins: [{ id: 'moderation' }],
    })
    expect(response.status).toBe(403)
  })

  test('it runs only where it is switched on: by the request, or by the account', async () => {
    await start(undefined, { accounts: { default: { plugins: { moderation: {} } } } })
    expect((await ask('how to make a bomb', { plugins: [] })).status).toBe(403)
    expect((await ask('how to make a bomb', { plugins: [{ id: 'moderation', enabled: false }] })).status).toBe(200)
  })

  test('`rules` adds those of the operator, `built_in_rules: false` removes the others', async () => {
    await start({ built_in_rules: false, rules: [{ category: 'secret project', terms: ['project x*'] }] })
    const { status, error } = await ask('What is Project Xylophone?')
    expect(status).toBe(403)
    expect(error.metadata.reasons).toEqual(['secret project'])
    expect((await ask('how to make a bomb')).status).toBe(200)
  })
})

describe('contract §1.3: a moderation endpoint', () => {
  test('is asked with the model and the texts, and what it flags is 403', async () => {
    await start({ base_url: `${url}/v1/`, api_key: 'moderation-key', model: 'judge-1' })
    judge = () => ({ body: { results: [result({ hate: true, violence: true })] } })
    const { status, error } = await ask('Something bad.')
    expect(status).toBe(403)
    expect(error.metadata).toMatchObject({ reasons: ['hate', 'violence'], flagged_input: 'Something bad.' })
    expect(received).toEqual([
      { body: { model: 'judge-1', input: ['Something bad.'] }, url: '/v1/moderations', key: 'Bearer moderation-key' },
    ])
  })

  test('what it does not flag goes on, without a stage', async () => {
    await start({ base_url: url })
    const { status, pipeline } = await ask('Something good.')
    expect(status).toBe(200)
    expect(pipeline).toEqual([])
    expect(received).toMatchObject([{ body: { model: 'omni-moderation-latest' }, key: undefined }])
  })

  test('`block` names the categories that count', async () => {
    await start({ base_url: url, block: ['violence'] })
    judge = () => ({ body: { results: [result({ hate: true })] } })
    expect((await ask('Something.')).status).toBe(200)
    judge = () => ({ body: { results: [result({ hate: true, violence: true })] } })
    expect((await ask('Something.')).error.metadata.reasons).toEqual(['violence'])
  })

  test('long input is judged in bounded pieces, the newest message first', async () => {
    await start({ base_url: url })
    const messages = [
      { role: 'user', content: 'o'.repeat(1_000_000) },
      { role: 'assistant', content: 'Hm.' },
      { role: 'user', content: 'n'.repeat(20_000) },
    ]
    expect((await ask('', { messages })).status).toBe(200)
    const input = received[0]?.body['input'] as string[]
    expect(input[0]).toBe('n'.repeat(16_384))
    expect(input[1]).toBe('n'.repeat(3_616))
    expect(input.join('').length).toBe(524_288)
  })

  const failures: readonly [string, typeof judge][] = [
    ['an error', () => ({ status: 500, body: { error: { message: 'broken' } } })],
    ['an answer of another shape', () => ({ body: { verdict: 'fine' } })],
    ['too few results', () => ({ body: { results: [] } })],
  ]
  test.each(failures)('%s: the request goes on by default, and the pipeline says so', async (_, answer) => {
    await start({ base_url: url })
    judge = answer
    const { status, pipeline } = await ask('Something.')
    expect(status).toBe(200)
    expect(pipeline).toMatchObject([
      { type: 'guardrail', name: 'moderation', summary: 'The input could not be moderated, and was let through.' },
    ])
  })

  test.each(failures)('%s: with `on_error: block` the request is refused', async (_, answer) => {
    await start({ base_url: url, on_error: 'block' })
    judge = answer
    const { status, error } = await ask('Something.')
    expect(status).toBe(503)
    expect(error.message).toContain('The input could not be moderated')
    expect(gateway.simulator.journal()).toHaveLength(0)
  })

  test('a key that it refuses is not in the answer', async () => {
    await start({ base_url: url, api_key: 'moderation-secret', on_error: 'block' })
    judge = () => ({ status: 401, body: { error: { message: 'Incorrect API key provided: moderation-secret' } } })
    const { error } = await ask('Something.')
    expect(JSON.stringify(error)).not.toContain('moderation-secret')
    expect(error.message).toContain('moderation.api_key')
  })
})
