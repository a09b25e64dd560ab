import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminKey, type Json } from '../byok-gateway.ts'
import { configured, runWaygate } from '../cli/run-waygate.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const secret = 'secret-of-a-destination-at-rest-0123456789'
const directory = mkdtempSync(join(tmpdir(), 'waygate-destinations-'))
const url = `sqlite:${join(directory, 'w.db')}`
const otherUrl = `sqlite:${join(directory, 'other.db')}`
const [before, after] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]

let receiver: Receiver
const open: TestGateway[] = []
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(async () => {
  for (const gateway of open) await gateway.close()
  await receiver.close()
  rmSync(directory, { recursive: true })
})

async function start(secrets: object, storage = url): Promise<TestGateway> {
  const gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
    storage: { url: storage },
    fetch: { allow: ['127.0.0.1'] },
    secrets,
  })
  open.push(gateway)
  return gateway
}

async function stop(gateway: TestGateway): Promise<void> {
  open.splice(open.indexOf(gateway), 1)
  await gateway.close()
}

async function manage(gateway: TestGateway, method: string, at = '', body?: object): Promise<Json> {
  const reply = await fetch(`${gateway.url}/api/v1/observability/destinations${at}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return reply.json()
}

function rows(): readonly Json[] {
  const database = new DatabaseSync(join(directory, 'w.db'))
  const all = database.prepare('select * from destination order by created_at, id').all()
  database.close()
  return all
}

const secrets = (keys: readonly string[]) =>
  configured(`storage: { url: "${url}" }\nsecrets: { keys: ${JSON.stringify(keys)} }\n`)

test('settings are encrypted, other nodes know of a change within seconds, and `secrets rotate` covers them', async () => {
  const [here, there] = [await start({ keys: [before] }), await start({ keys: [before] })]
  const config = { endpoint: receiver.url, headers: { authorization: `Bearer ${secret}` } }
  const { data } = await manage(here, 'POST', '', { type: 'otel-collector', name: 'ours', config })
  expect((await manage(there, 'GET', `/${data.id}`)).data).toEqual(data)
  await (await there.chat({})).text()
  const [sent] = await receiver.until(1)
  expect(sent?.headers.authorization).toBe(`Bearer ${secret}`)

  // Without being asked, the other node sends nothing more once the destination is off.
  await manage(here, 'PATCH', `/${data.id}`, { enabled: false })
  const gone = await manage(here, 'POST', '', { type: 'otel-collector', name: 'gone', config })
  await manage(here, 'DELETE', `/${gone.data.id}`)
  for (const gateway of [here, there]) await stop(gateway)
  for (const file of readdirSync(directory)) expect(readFileSync(join(directory, file)).includes(secret)).toBe(false)
  expect(rows()).toMatchObject([
    { name: 'ours', deleted_at: null },
    { name: 'gone', sealed_config: '', deleted_at: expect.any(Number) },
  ])

  const rotated = await runWaygate(['secrets', 'rotate'], { directory: secrets([after, before]) })
  expect(rotated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 secret was encrypted anew/) })
  await expect(start({ keys: [before] })).rejects.toThrow('another key')
  const again = await start({ keys: [after] })
  await manage(again, 'PATCH', `/${data.id}`, { enabled: true })
  const count = receiver.received.length
  await (await again.chat({})).text()
  expect((await receiver.until(count + 1))[count]?.headers.authorization).toBe(`Bearer ${secret}`)
  await stop(again)

  // A row that was moved cannot be decrypted: it is reported, shown without settings, and can be set anew.
  const database = new DatabaseSync(join(directory, 'w.db'))
  database.exec(`update destination set id = 'moved' where name = 'ours'`)
  database.close()
  const damaged = await start({ keys: [after] })
  expect(damaged.log.join('')).toContain('The destination moved of account')
  expect((await manage(damaged, 'GET')).data).toMatchObject([{ id: 'moved', config: { endpoint: '' } }])
  const mended = await manage(damaged, 'PATCH', '/moved', { config: { endpoint: receiver.url } })
  expect(mended.data.config).toEqual({ endpoint: receiver.url })
  await stop(damaged)

  const forgotten = await runWaygate(['secrets', 'forget'], {
    directory: secrets([randomBytes(32).toString('base64')]),
  })
  expect(forgotten.stdout).toMatch(/^1 secret was deleted/)
  expect(rows().every(({ sealed_config: sealed }) => sealed === '')).toBe(true)
})

test('a destination whose rules an earlier version took gets nothing until they are changed', async () => {
  const storage = `sqlite:${join(directory, 'rules.db')}`
  const first = await start({ keys: [before] }, storage)
  const { data } = await manage(first, 'POST', '', {
    type: 'otel-collector',
    name: 'old',
    config: { endpoint: `${receiver.url}/old` },
  })
  await stop(first)
  const rules = Array.from({ length: 50 }, () => ({ field: 'input', operator: 'regex', value: '(.*a){60}z' }))
  const database = new DatabaseSync(join(directory, 'rules.db'))
  database
    .prepare('update destination set options = ?')
    .run(JSON.stringify({ filterRules: { groups: Array.from({ length: 20 }, () => ({ logic: 'or', rules })) } }))
  database.close()
  const then = await start({ keys: [before] }, storage)
  await (await then.chat({ messages: [{ role: 'user', content: `${'a'.repeat(8_000)}z` }] })).text()
  expect((await manage(then, 'PATCH', `/${data.id}`, { filter_rules: null })).data.filter_rules).toBe(null)
  await (await then.chat({ messages: [{ role: 'user', content: 'after' }] })).text()
  while (!receiver.received.some(({ path }) => path === '/old')) await receiver.until(receiver.received.length + 1)
  await stop(then)
  const texts = receiver.received.filter(({ path }) => path === '/old').map(({ text }) => text)
  expect(texts.join()).toContain('after')
  expect(texts.join()).not.toContain('aaa')
  expect(then.log.join('')).toMatch(/1 traces .*old.* are dropped: its rules are not valid/)
})

test('another node sends to a new destination within seconds', async () => {
  const [here, there] = [await start({ keys: [before] }, otherUrl), await start({ keys: [before] }, otherUrl)]
  const count = receiver.received.length
  await manage(here, 'POST', '', { type: 'otel-collector', name: 'watched', config: { endpoint: receiver.url } })
  await expect
    .poll(
      async () => {
        await (await there.chat({})).text()
        return receiver.received.length
      },
      { interval: 200 },
    )
    .toBeGreaterThan(count)
})
