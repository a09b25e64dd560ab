import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asObject, at, calls, generation, readJson, refusal, scriptedUpstream, sent } from './exchange.ts'

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    limits: { body_mb: 1, json_depth: 20 },
    models: {
      'acme/cut-after-3': behaving('cut-after-3'),
      'acme/eof-after-3': behaving('eof-after-3'),
      'acme/short': {
        endpoints: [
          { provider: 'prov-a', model: 'steady', max_completion_tokens: 100 },
          { provider: 'prov-b', model: 'steady', max_completion_tokens: 200 },
        ],
      },
      'acme/window': { context_length: 8000, ...behaving('steady') },
      'acme/plain': { endpoints: [{ provider: 'prov-a', model: 'steady', supported_parameters: ['temperature'] }] },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('routing refusals', () => {
  test('more output than any endpoint can produce', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/short', max_tokens: 201 }), 404)
    expect(error).toMatchObject({
      error_type: 'not_found',
      availability: {
        code: 'constraint_filtered',
        retryable: false,
        excluded_by: ['context_length'],
        affected_providers: ['prov-a', 'prov-b'],
        constraint: { field: 'max_tokens', detail: expect.any(String) },
      },
    })
    expect(calls(gateway)).toEqual([])
  })

  test('more output than one endpoint can produce leaves the other', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/short', max_tokens: 200 }))
    expect(body['provider']).toBe('Prov B')
  })

  test('more output than the context of any endpoint has', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/window', max_tokens: 8001 }), 400)
    expect(error['error_type']).toBe('context_length_exceeded')
  })

  test('require_parameters', async () => {
    const error = await refusal(
      gateway.chat({ model: 'acme/plain', seed: 1, provider: { require_parameters: true } }),
      404,
    )
    expect(error['availability']).toMatchObject({
      code: 'constraint_filtered',
      excluded_by: ['require_parameters'],
      constraint: { detail: expect.stringContaining('seed') },
    })
  })

  test('a modality that no endpoint accepts is named', async () => {
    const messages = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
    ]
    const error = await refusal(gateway.chat({ messages }), 404)
    expect(error['message']).toContain('image')
    expect(at(error, 'availability', 'code')).toBe('no_endpoints')
  })

  test('every unknown model of a list is named', async () => {
    const error = await refusal(gateway.chat({ model: 'nope/one', models: ['nope/two'] }), 400)
    expect(error['availability']).toMatchObject({ code: 'model_not_found', requested_models: ['nope/one', 'nope/two'] })
  })
})

describe('features that are not built, or not configured, are refused by name', () => {
  test.each([
    ['plugins', { plugins: [{ id: 'armor' }] }, 'armor'],
    ['model', { model: 'openrouter/bodybuilder' }, 'openrouter/bodybuilder'],
    ['tools', { tools: [{ type: 'openrouter:files' }] }, 'openrouter:files'],
  ])('%s: %o', async (path, body, name) => {
    const error = await refusal(gateway.chat(body), 400)
    expect(error['message']).toContain(name)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe(path)
    expect(calls(gateway)).toEqual([])
  })

  test('a plugin that is switched off, and no transforms, are fine', async () => {
    const { status } = await gateway.chat({ plugins: [{ id: 'web', enabled: false }], transforms: [] })
    expect(status).toBe(200)
    expect(sent(gateway)).not.toHaveProperty('plugins')
    expect(sent(gateway)).not.toHaveProperty('transforms')
  })
})

describe('contract §5.1: requests that never reach the router', () => {
  test('a body that is too large: 413', async () => {
    const error = await refusal(gateway.chat({ messages: [{ role: 'user', content: 'x'.repeat(1024 * 1024) }] }), 413)
    expect(error['error_type']).toBe('payload_too_large')
  })

  test('a body that nests too deep: 400', async () => {
    await refusal(gateway.chat({ foo: JSON.parse('['.repeat(21) + ']'.repeat(21)) }), 400)
  })

  test('an unknown address: 404; a wrong method: 405', async () => {
    expect((await refusal(gateway.get('/api/v1/nothing'), 404))['error_type']).toBe('not_found')
    const reply = gateway.get('/api/v1/chat/completions')
    await refusal(reply, 405)
    expect((await reply).headers.get('allow')).toContain('POST')
  })

  test('a body in another encoding: 415', async () => {
    await refusal(gateway.chat({}, { 'content-encoding': 'gzip' }), 415)
  })
})

describe('contract row 21: an internal exception', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-test-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('is a 500 without details', async () => {
    const file = join(directory, 'breaks.db')
    const breaking = await startGateway({ storage: { url: `sqlite:${file}` } })
    try {
      expect((await breaking.get('/api/v1/key')).status).toBe(200)
      const database = new DatabaseSync(file)
      for (const { name } of database
        .prepare(
          "select name from sqlite_master where type = 'table' and (name like 'generation%' or name like '%total') order by name desc",
        )
        .all()) {
        database.exec(`drop table "${String(name)}"`)
      }
      database.close()

      const { status, body } = await readJson(breaking.get('/api/v1/key', { 'x-openrouter-metadata': 'enabled' }))
      expect({ status, body }).toEqual({
        status: 500,
        body: {
          error: {
            code: 500,
            message: 'Internal Server Error',
            error_type: 'server',
            http_status: 500,
            metadata: { error_type: 'server' },
          },
        },
      })
      expect(JSON.stringify(body)).not.toMatch(/generation|sqlite|\.ts|\bat /i)
      await expect.poll(() => breaking.log.join('')).toMatch(/no such table/)
      expect(breaking.log.join('')).not.toContain(testKey)
    } finally {
      await breaking.close()
    }
  })
})

describe('contract row 37: not streamed, the upstream breaks off inside the body', () => {
  test.each(['cut-after-3', 'eof-after-3'])('%s', async (behaviour) => {
    const reply = gateway.chat({ model: `acme/${behaviour}` })
    await refusal(reply, 502)
    const record = await generation(gateway, (await reply).headers.get('x-generation-id'))
    expect(record).toMatchObject({ total_cost: 0, streamed: false, cancelled: false })
  })
})

describe('contract §4.4: an error inside a stream', () => {
  test('keeps the status that the upstream gave it', async () => {
    const upstream = await scriptedUpstream(() => ({
      body:
        `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] })}\n\n` +
        `data: ${JSON.stringify({ error: { code: 429, message: 'Slow down.', type: 'rate_limit_error' } })}\n\n`,
    }))
    const other = await startGateway({
      providers: Object.fromEntries(
        ['prov-a', 'prov-b', 'prov-c'].map((slug) => [
          slug,
          { name: 'Odd', base_url: upstream.url, api_key: 'upstream-secret' },
        ]),
      ),
    })
    try {
      const { chunks, done } = await readStream(await other.chat({ model: 'acme/m2', stream: true }))
      const error = asObject(chunks.at(-1)?.error)
      expect(error).toMatchObject({
        code: 429,
        message: 'Slow down.',
        metadata: { error_type: 'rate_limit_exceeded', provider_code: '429' },
      })
      expect(done).toBe(true)
    } finally {
      await other.close()
      await upstream.close()
    }
  })
})
