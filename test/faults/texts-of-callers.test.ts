import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { eventually } from './eventually.ts'
import { operations } from './operations.ts'

const text = (length: number): string => 'x'.repeat(length)

describe.each(operations)('$name: texts that are kept', ({ path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway.close())

  const send = (body: object, headers?: Readonly<Record<string, string>>) =>
    gateway.post(path, { model: 'acme/m1', ...ask, ...body }, headers)

  async function recorded(response: Response) {
    const id = response.headers.get('x-generation-id')
    return Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json()).data
  }

  test('trace is limited in bytes of its JSON', async () => {
    // The characters of `{"a":"…"}` around the text.
    expect((await send({ trace: { a: text(16_384 - 8) } })).status).toBe(200)
    expect((await send({ trace: { a: text(16_384 - 7) } })).status).toBe(400)
    // Each is two UTF-16 units and four bytes.
    expect((await send({ trace: { a: '😀'.repeat(4_094) } })).status).toBe(200)
    const response = await send({ trace: { a: '😀'.repeat(4_095) } })
    expect(response.status).toBe(400)
    const { error } = Object(await response.json())
    expect(error.message).toBe('trace must have at most 16384 bytes as JSON, got 16388')
  })

  test('user may be of any length, of which a bounded part is kept and its distinctness', async () => {
    const long = text(100_000)
    const records = await Promise.all(
      [`${long}1`, `${long}2`, text(512)].map(async (user) => recorded(await send({ user }))),
    )
    const users = records.map(({ external_user: user }) => user)
    expect(users.map((user) => user.length)).toEqual([512, 512, 512])
    expect(new Set(users).size).toBe(3)
    expect(users[0]).toMatch(/^x{448}[0-9a-f]{64}$/)
    expect(users[2]).toBe(text(512))
  })

  test('of the texts of headers a bounded part is kept', async () => {
    const headers = { 'user-agent': text(3000), 'http-referer': `https://app.example/${text(3000)}` }
    const record = await recorded(await send({}, headers))
    expect([record.user_agent, record.http_referer]).toEqual([
      text(1024),
      `https://app.example/${text(3000)}`.slice(0, 1024),
    ])
  })

  test('metadata and session_id are limited in characters, and so in bytes', async () => {
    // A letter with 600 accents looks like one character, and counts as 601 here.
    const accents = `a${'\u0301'.repeat(600)}`
    expect((await send({ metadata: { key: accents } })).status).toBe(400)
    expect((await send({ metadata: { [accents]: 'value' } })).status).toBe(400)
    expect((await send({ session_id: accents })).status).toBe(400)
  })
})

test('prompt_cache_key has at most 1,024 characters', async () => {
  const gateway = await startGateway()
  expect((await gateway.chat({ prompt_cache_key: text(1024) })).status).toBe(200)
  const response = await gateway.chat({ prompt_cache_key: text(1025) })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('prompt_cache_key must be a string of at most 1024 characters')
  await gateway.close()
})

test('of the texts of an upstream a bounded part goes on record', async () => {
  const long = text(1_000_000)
  const server = createServer((request, response) => {
    request.resume()
    const message = { role: 'assistant', content: 'fine' }
    response.setHeader('content-type', 'application/json')
    const choice = { index: 0, message, finish_reason: `f${long}` }
    response.end(JSON.stringify({ id: `i${long}`, choices: [choice], service_tier: `t${long}` }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = Object(server.address())
  const gateway = await startGateway({
    providers: Object.fromEntries(
      ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url: `http://127.0.0.1:${port}/v1` }]),
    ),
  })
  const response = await gateway.chat({})
  expect(response.status).toBe(200)
  const id = response.headers.get('x-generation-id')
  const { data } = Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json())
  expect(data.upstream_id).toBe(`i${text(511)}`)
  expect(data.native_finish_reason).toBe(`f${text(511)}`)
  expect(data.service_tier).toBe(`t${text(511)}`)
  expect(data.provider_responses[0].id).toBe(`i${text(511)}`)
  await gateway.close()
  server.close()
})

test('records wait on the disk, in bounded memory, and a database that takes no writes refuses no request', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'waygate-backlog-'))
  const file = join(directory, 'waygate.db')
  const gateway = await startGateway({ storage: { url: `sqlite:${file}` } })
  const lock = new DatabaseSync(file, { timeout: 10_000 })
  lock.exec('begin immediate')

  const trace = { a: text(16_000) }
  const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, text(512)]))
  const answered: string[] = []
  // Each record takes about 25 kB, so that they are more than twice what is kept in memory.
  for (let sent = 0; sent < 1500; sent += 50) {
    const responses = await Promise.all(Array.from({ length: 50 }, () => gateway.chat({ trace, metadata })))
    for (const response of responses) {
      expect(response.status).toBe(200)
      answered.push(response.headers.get('x-generation-id') ?? '')
      await response.arrayBuffer()
    }
  }
  expect(await (await gateway.get('/readyz')).json()).toEqual({ status: 'ready' })
  // The newest can be read before the database has them.
  expect((await gateway.get(`/api/v1/generation?id=${answered.at(-1)}`)).status).toBe(200)

  lock.exec('rollback')
  lock.close()
  for (const id of [answered[0], answered[700], answered.at(-1)]) {
    await eventually(async () => ((await gateway.get(`/api/v1/generation?id=${id}`)).status === 200 ? true : null))
  }
  await gateway.close()
  const database = new DatabaseSync(file)
  expect(database.prepare('select count(*) as count from generation').get()).toEqual({ count: answered.length })
  database.close()
  await rm(directory, { recursive: true })
}, 60_000)
