import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { secretFinder } from '../../src/upstream/secret-finder.ts'
import { type ByokGateway, type Json, otherAdminKey, otherKey, startByokGateway } from '../byok-gateway.ts'
import { configured, runWaygate } from '../cli/run-waygate.ts'

/** An installation whose database and key outlive a gateway. */
function installation() {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-byok-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'w.db')
  const storage = { url: `sqlite:${file}` }
  const keyFile = join(directory, 'secret.key')
  const open: ByokGateway[] = []
  onTestFinished(async () => {
    for (const gateway of open) await gateway.close()
  })
  return {
    directory,
    storage,
    keyFile,
    /** The key of the file, as it is listed under `secrets.keys`. */
    fileKey: () => readFileSync(keyFile).toString('base64'),
    async start(secrets: object = { key_file: keyFile }, more: object = {}): Promise<ByokGateway> {
      const gateway = await startByokGateway({ storage, secrets, log: { level: 'debug', format: 'json' }, ...more })
      open.push(gateway)
      return gateway
    },
    async stop(gateway: ByokGateway): Promise<void> {
      open.splice(open.indexOf(gateway), 1)
      await gateway.close()
    },
    /** Changes the database behind the back of the gateway. */
    tamper(change: (database: DatabaseSync) => void): void {
      const database = new DatabaseSync(file, { timeout: 5000 })
      change(database)
      database.close()
    },
    rows(): readonly Json[] {
      const database = new DatabaseSync(file)
      const rows = database.prepare('select * from byok_key order by created_at, id').all()
      database.close()
      return rows
    },
  }
}

type Installation = ReturnType<typeof installation>

const newKey = (): string => randomBytes(32).toString('base64')

/** Waits until what another connection wrote is in memory here. A limit in real time only proves that nothing hangs. */
const eventually = <Value>(value: () => Promise<Value>) => expect.poll(value, { interval: 50 })

describe('the key that an account brought', () => {
  const plain = 'sk-canary+of/a=client-0123456789-abcdefghij-AbCd'
  const bedrock = {
    accessKeyId: 'AKIACANARY0123456789',
    secretAccessKey: 'canary/secret+access=key-0123456789-abcdefgh',
  }
  const azure = 'canary-azure-key-of-a-client-0123456789abcdef'
  const secrets = [plain, `${plain}-new`, bedrock.secretAccessKey, azure]

  test('is in no answer, no line of the log and no byte of the database, in any spelling', async () => {
    const house = installation()
    const byok = await house.start(undefined, {
      providers: {
        'amazon-bedrock': { base_url: 'http://127.0.0.1:9/bedrock', api_key: 'own' },
        azure: { base_url: 'http://127.0.0.1:9/azure', api_key: 'own' },
      },
    })
    const said: string[] = []
    const tell = (reply: unknown) => void said.push(JSON.stringify(reply))
    const manage = async (method: string, path: string, body?: unknown): Promise<Json> => {
      const reply = await byok.manage(method, path, body)
      tell(reply)
      return reply.body
    }
    const ids = []
    for (const status of [
      '-refused-401',
      '-refused-402',
      '-refused-403',
      '-refused-400',
      '-refused-500',
      '-refused-429',
      '',
    ]) {
      const { data } = await manage('POST', '/byok', { provider: 'prov-a', key: plain + status, is_byok_only: true })
      ids.push(data.id)
      for (const stream of [false, true]) tell((await byok.ask({ model: 'acme/m2', stream })).body)
      if (status !== '') await manage('DELETE', `/byok/${data.id}`)
    }
    const id = ids.at(-1)
    await manage('PATCH', `/byok/${id}`, { key: `${plain}-new` })
    await manage('POST', '/byok', { provider: 'prov-a', key: `${plain} ${plain}` })
    await manage('POST', '/byok', { provider: plain, key: plain })
    await manage('POST', '/byok', { provider: 'prov-a', key: { plain } })
    await manage('POST', '/byok', `{"provider":"prov-a","key":"${plain}`)
    await manage('PATCH', `/byok/${id}`, { key: '', name: 5 })
    await manage('POST', '/byok', {
      provider: 'amazon-bedrock',
      key: JSON.stringify({ ...bedrock, region: 'us-east-1' }),
    })
    await manage('POST', '/byok', {
      provider: 'amazon-bedrock',
      key: JSON.stringify({ ...bedrock, region: 'nowhere' }),
    })
    const resource = { api_key: azure, resource_name: 'ours', resource_type: 'openai' }
    await manage('POST', '/byok', { provider: 'azure', key: JSON.stringify([resource]) })
    await manage('POST', '/byok', { provider: 'azure', key: JSON.stringify([{ ...resource, resource_type: 'x' }]) })
    tell((await byok.ask({ model: 'amazon/nova-lite-v1' })).body)
    tell((await byok.ask({ debug: { echo_upstream_body: true }, stream: true })).body)
    tell(await byok.gateway.get('/api/v1/models').then((reply) => reply.text()))
    tell(
      await byok.gateway
        .post('/api/v1/route', { messages: [{ role: 'user', content: 'hi' }], model: 'acme/m1' })
        .then((reply) => reply.text()),
    )
    await manage('GET', '/byok')
    await manage('GET', `/byok/${id}`)
    expect(byok.upstream.calls).toContain(`prov-a ${plain}`)
    expect(byok.upstream.calls).toContain(`prov-a ${plain}-new`)
    await house.stop(byok)

    const find = secretFinder(secrets)
    const traces = (text: string) => find(text).map(([from, to]) => text.slice(Math.max(0, from - 100), to + 20))
    const answers = said.join('\n')
    const log = byok.gateway.log.join('')
    expect(answers).toContain('sk-...AbCd')
    expect(log).toContain('refused this credential')
    expect(traces(answers)).toEqual([])
    expect(traces(log)).toEqual([])
    const files = readdirSync(house.directory).filter((name) => name !== 'secret.key')
    const bytes = files.map((name) => readFileSync(join(house.directory, name), 'latin1')).join('')
    expect(bytes.includes('sk-...-new')).toBe(true)
    expect(traces(bytes)).toEqual([])
    for (const secret of secrets) {
      expect(bytes.includes(Buffer.from(secret).toString('hex'))).toBe(false)
      expect(bytes.includes(Buffer.from(secret, 'utf8').toString('base64').slice(0, 20))).toBe(false)
    }
  })
})

describe('whoever can write to the database', () => {
  const [mine, theirs] = ['key-mine-of-a-client', 'key-theirs-of-a-client']

  /** Two accounts, each with a key for prov-a. */
  async function twoAccounts(house: Installation): Promise<{ byok: ByokGateway; mineId: string; theirsId: string }> {
    const byok = await house.start()
    const mineId = await byok.bring({ provider: 'prov-a', key: mine })
    const theirsId = await byok.bring({ provider: 'prov-a', key: theirs }, otherAdminKey)
    expect((await byok.ask()).calls).toEqual([`prov-a ${mine}`])
    expect((await byok.ask({}, otherKey)).calls).toEqual([`prov-a ${theirs}`])
    byok.upstream.clear()
    return { byok, mineId, theirsId }
  }

  const setting =
    (change: string) =>
    (database: DatabaseSync): void =>
      database.exec(`update byok_key set ${change} where account = 'default'`)

  function swap(database: DatabaseSync): void {
    const [one, other] = database.prepare('select id, sealed_key from byok_key').all()
    const write = database.prepare('update byok_key set sealed_key = ? where id = ?')
    write.run(String(one?.['sealed_key']), String(other?.['id']))
    write.run(String(other?.['sealed_key']), String(one?.['id']))
  }

  const attacks: readonly (readonly [
    name: string,
    attack: (database: DatabaseSync) => void,
    unusable: readonly string[],
  ])[] = [
    ['swaps the ciphertexts of two rows', swap, [mine, theirs]],
    ['moves a row to another account', setting(`account = 'other'`), [mine]],
    ['moves a row to another provider', setting(`provider = 'prov-b'`), [mine]],
    ['changes the id of a row', setting(`id = 'id-of-mine'`), [mine]],
    ['changes a ciphertext', setting(`sealed_key = sealed_key || 'AAAA'`), [mine]],
    ['replaces a ciphertext by nonsense', setting(`sealed_key = 'x'`), [mine]],
  ]

  test.each(attacks)('%s: the key is not used, now and after a start', async (_, attack, unusable) => {
    const house = installation()
    const { byok } = await twoAccounts(house)
    house.tamper(attack)
    await eventually(async () => (await byok.ask()).calls).toEqual(['prov-a own-a'])
    const check = async (gateway: ByokGateway) => {
      gateway.upstream.clear()
      for (const model of ['acme/m1', 'acme/m2']) {
        expect((await gateway.ask({ model })).status).toBe(200)
        expect((await gateway.ask({ model }, otherKey)).status).toBe(200)
      }
      for (const key of unusable) expect(gateway.upstream.calls.join(' ')).not.toContain(key)
      expect(gateway.gateway.log.join('')).toContain('cannot be used')
    }
    await check(byok)
    await house.stop(byok)
    await check(await house.start())
  })

  test('cannot undo what a key forbids by damaging it', async () => {
    const house = installation()
    const byok = await house.start()
    await byok.bring({ provider: 'prov-a', key: mine, is_byok_only: true })
    house.tamper(setting(`sealed_key = 'x'`))
    await eventually(async () => (await byok.ask({ model: 'acme/m2' })).status).toBe(404)
    expect(byok.upstream.calls.filter((call) => call.includes('own-a'))).toEqual([])
  })
})

describe('the secret key of the installation', () => {
  const key = 'key-good-of-a-client'

  test('a gateway with another key does not start, and the message tells what to do', async () => {
    const house = installation()
    await house.stop(await house.start())
    const other = { key: newKey() }
    await expect(house.start(other)).rejects.toThrow(
      /^This database keeps secrets that are encrypted with another key: it needs the key [0-9a-f]{16}, and secrets gives the key [0-9a-f]{16}\. .*secrets\.key_file.*secrets\.keys.*`waygate secrets forget`/,
    )
    const back = await house.start()
    await back.bring({ provider: 'prov-a', key })
    await house.stop(back)
    await expect(house.start(other)).rejects.toThrow('another key')
    // The key of the file, given as text, is the same key.
    const same = await house.start({ key: house.fileKey() })
    expect((await same.ask()).calls).toEqual([`prov-a ${key}`])
  })

  test('a key that some secrets still need cannot be left out, whichever is noted as the one in use', async () => {
    const house = installation()
    const fresh = newKey()
    const first = await house.start()
    await first.bring({ provider: 'prov-a', key })
    await house.stop(first)
    const second = await house.start({ keys: [fresh, house.fileKey()] })
    await second.bring({ provider: 'prov-b', key: 'key-second-of-a-client' })
    await house.stop(second)
    await expect(house.start({ key: fresh })).rejects.toThrow('another key')
    await expect(house.start()).rejects.toThrow('another key')
  })

  test('secrets forget deletes what only a lost key can read, and nothing else', async () => {
    const house = installation()
    const [lost, fresh] = [newKey(), newKey()]
    const first = await house.start({ key: lost })
    await first.bring({ provider: 'prov-a', key })
    await house.stop(first)
    const second = await house.start({ keys: [fresh, lost] })
    const kept = await second.bring({ provider: 'prov-b', key: 'key-kept-of-a-client' })
    await house.stop(second)
    const directory = configured(`storage: { url: "${house.storage.url}" }\nsecrets: { key: "${fresh}" }\n`)
    const forgotten = await runWaygate(['secrets', 'forget'], { directory })
    expect(forgotten).toMatchObject({ code: 0, stdout: '1 secret was deleted.\n' })
    expect(house.rows().map(({ id }) => id)).toEqual([kept])
    const third = await house.start({ key: fresh })
    expect((await third.ask({ provider: { order: ['prov-b'] } })).calls).toEqual(['prov-b key-kept-of-a-client'])
  })
})

describe('the secret key is replaced while gateways run', () => {
  test('every request is served with its key, a change made meanwhile stays, and the old key is needed no more', async () => {
    const house = installation()
    const old = await house.start()
    const count = 40
    for (let index = 0; index < count; index++) {
      await old.bring({
        provider: index === 0 ? 'prov-a' : 'prov-b',
        key: `key-${index}-of-a-client`,
        sort_order: index,
      })
    }
    await house.stop(old)
    const [fresh, before] = [newKey(), house.fileKey()]
    const byok = await house.start({ keys: [fresh, before] })
    const { data } = (await byok.manage('GET', '/byok?limit=100')).body
    const stopped = new AbortController()
    const served: (readonly string[])[] = []
    const load = Array.from({ length: 4 }, async () => {
      while (!stopped.signal.aborted) served.push((await byok.ask({ model: 'acme/m2' })).calls.slice(0, 1))
    })
    const changes = (async () => {
      for (let index = 1; !stopped.signal.aborted; index = (index % (count - 1)) + 1) {
        await byok.manage('PATCH', `/byok/${data[index].id}`, { key: `key-${index}-changed-of-a-client` })
      }
    })()
    const directory = configured(
      `storage: { url: "${house.storage.url}" }\nsecrets: { keys: ["${fresh}", "${before}"] }\n`,
    )
    const rotated = await runWaygate(['secrets', 'rotate'], { directory })
    stopped.abort()
    await Promise.all([...load, changes])
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    expect(rotated.stdout).toMatch(/^\d+ secrets? (was|were) encrypted anew\./)
    expect(served.length).toBeGreaterThan(0)
    // Calls of all loops are in one list, so only the key itself is compared.
    expect(new Set(byok.upstream.calls)).toEqual(new Set(['prov-a key-0-of-a-client']))
    const marks = house.rows().map(({ sealed_key: sealed }) => String(sealed).split('.')[0])
    expect(new Set(marks).size).toBe(1)
    await house.stop(byok)

    await expect(house.start()).rejects.toThrow('another key')
    const after = await house.start({ key: fresh })
    expect((await after.ask()).calls).toEqual(['prov-a key-0-of-a-client'])
    for (const { id } of data.slice(0, 1)) await after.manage('DELETE', `/byok/${id}`)
    const [call = ''] = (await after.ask({ provider: { order: ['prov-b'] } })).calls
    expect(call).toMatch(/^prov-b key-\d+(-changed)?-of-a-client$/)
    expect(after.gateway.log.join('')).not.toContain('cannot be used')
    const again = await runWaygate(['secrets', 'rotate'], { directory })
    expect(again.stdout).toMatch(/^0 secrets were encrypted anew\./)
  })
})

describe('a change through another process', () => {
  test('is known here within seconds: a new key, another key, a disabled one and a deleted one', async () => {
    const house = installation()
    const [here, there] = [await house.start(), await house.start()]
    const called = async () => (await here.ask()).calls
    const id = await there.bring({ provider: 'prov-a', key: 'key-one-of-a-client' })
    await eventually(called).toEqual(['prov-a key-one-of-a-client'])
    await there.manage('PATCH', `/byok/${id}`, { key: 'key-two-of-a-client' })
    await eventually(called).toEqual(['prov-a key-two-of-a-client'])
    await there.manage('PATCH', `/byok/${id}`, { disabled: true })
    await eventually(called).toEqual(['prov-a own-a'])
    await there.manage('PATCH', `/byok/${id}`, { disabled: false })
    await eventually(called).toEqual(['prov-a key-two-of-a-client'])
    await there.manage('DELETE', `/byok/${id}`)
    await eventually(called).toEqual(['prov-a own-a'])
    // The API shows what another process wrote at once.
    const other = await there.bring({ provider: 'prov-a', key: 'key-one-of-a-client' })
    expect((await here.manage('GET', `/byok/${other}`)).status).toBe(200)
  })
})
