import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { randomBytes, randomUUID } from 'node:crypto'
import { createClient } from '@redis/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SharingChange } from '../../src/canonical/happening.ts'
import { parseInstallationKey } from '../../src/secrets/installation-key.ts'
import { SecretCipher } from '../../src/secrets/secret-cipher.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { openRedisState } from '../../src/storage/shared-state/redis-state.ts'
import type { Subscriptions } from '../../src/storage/shared-state/subscriptions.ts'
import type { SharedState, SharedValues } from '../../src/storage/stores/shared-state.ts'
import { systemClock } from '../../src/util/clock.ts'
import { describeRedis } from '../engines/engines.ts'
import { eventually } from '../faults/eventually.ts'
import type { Redis } from '../engines/redis.ts'
import { facts, heardBy, tellsFacts } from './shared-state.ts'

describe('nodes of one process', () => {
  tellsFacts(() => {
    const nodes = new Set<Subscriptions>()
    return Promise.resolve(() => Promise.resolve(memoryState(nodes)))
  })

  test('a node that is alone has no values for others', () => {
    expect(memoryState().values).toBeNull()
  })
})

const stream = 'waygate:1:facts'
const keyOf = (digit: string) => parseInstallationKey(digit.repeat(64))

/** A node with what it reported. */
interface Node {
  readonly state: SharedState
  readonly values: SharedValues
  readonly changes: SharingChange[]
}

async function open(url: string, settings: { digit?: string; ahead?: number } = {}): Promise<Node> {
  const { digit = 'a' } = settings
  const ahead = () => settings.ahead ?? 0
  const changes: SharingChange[] = []
  const state = await openRedisState({
    node: randomUUID(),
    url,
    clock: { now: () => systemClock.now() + ahead(), monotonic: () => systemClock.monotonic() + ahead() },
    cipher: new SecretCipher([keyOf(digit)], 'shared-state'),
    onChange: (change) => changes.push(change),
  })
  onTestFinished(() => state.close())
  if (state.values === null) throw new Error('Redis keeps values.')
  return { state, values: state.values, changes }
}

async function started(url: string, settings?: { digit?: string; ahead?: number }): Promise<Node> {
  const node = await open(url, settings)
  await node.state.start()
  return node
}

/** Sets a value at one node until another one has it: on a busy machine a node may take the server for slow, and leave it alone. */
const keep = (one: Node, other: Node, key: string, text: string) =>
  eventually(async () => {
    one.values.set(key, text, 60_000)
    return (await other.values.get(key))?.text === text || null
  })

/** Reads a value at a moment in which the node does not take the server for slow: the value `known` is there. */
const read = ({ values }: Node, key: string) =>
  eventually(async () => {
    const [value, known] = await Promise.all([values.get(key), values.get('known')])
    return known === null ? null : { value }
  }).then(({ value }) => value)

const kinds = ({ changes }: Node) => changes.map(({ kind }) => kind)

describeRedis('shared state', (start) => {
  let running: Promise<Redis> | null = null
  /** One server for the tests that do it no harm. */
  const common = async (): Promise<string> => (await (running ??= start())).url
  const outside = async (url: string) => {
    const client = createClient({ url })
    onTestFinished(() => client.destroy())
    return client.connect()
  }

  tellsFacts(async () => {
    const { url } = await start()
    return async () => (await open(url)).state
  })

  test('a node that starts hears what was told in the last minutes, with its age, whatever the clocks say', async () => {
    const { url } = await start()
    const one = await started(url, { ahead: 86_400_000 })
    one.state.facts.publish(facts, 'fact of the past')
    const client = await outside(url)
    const told = await eventually(async () => (await client.xRange(stream, '-', '+'))?.[0])
    // The same entry, as if it had been told a hundred seconds ago.
    await client.del(stream)
    await client.xAdd(stream, `${Date.now() - 100_000}-0`, told.message)
    const other = await open(url, { ahead: -86_400_000 })
    const ages: number[] = []
    other.state.facts.subscribe(facts, ({ ageMs }) => ages.push(ageMs))
    await other.state.start()
    expect(ages).toHaveLength(1)
    expect(ages[0]).toBeGreaterThanOrEqual(100_000)
    expect(ages[0]).toBeLessThan(160_000)
  })

  test('what waited for more than five minutes is not heard', async () => {
    const { url } = await start()
    const settings = { ahead: 0 }
    const [one, other] = [await started(url, settings), await started(url)]
    const heard = heardBy(other.state)
    settings.ahead = -400_000
    one.state.facts.publish(facts, 'fact of long ago')
    settings.ahead = 0
    one.state.facts.publish(facts, 'fact')
    await expect.poll(() => heard).toEqual(['fact'])
  })

  test('what is older than five minutes is not told, and leaves the stream', async () => {
    const { url } = await start()
    const client = await outside(url)
    const one = await started(url)
    const told = heardBy(one.state)
    const now = Date.now()
    const add = (index: number) => client.xAdd(stream, `${now - 400_000}-${index + 1}`, { node: 'x', group: 'y' })
    await Promise.all(Array.from({ length: 300 }, (_, index) => add(index)))
    one.state.facts.publish(facts, 'fact')
    await expect.poll(async () => client.xLen(stream)).toBeLessThan(200)
    await expect.poll(async () => client.pTTL(stream)).toBeGreaterThan(0)
    expect(told).toEqual([])
  })

  test('what no node of this installation has sent is ignored, and said once', async () => {
    const { url } = await start()
    const client = await outside(url)
    const one = await started(url)
    const heard = heardBy(one.state)
    const stranger = await started(url, { digit: 'b' })
    for (let round = 0; round < 40; round++) {
      const garbage = Array.from({ length: 250 }, (_, index) => {
        const fields: Record<string, string>[] = [
          { node: 'x', group: randomBytes(200).toString('base64url') },
          { a: 'b' },
          { node: '', group: '' },
          { node: 'x', group: `${'0'.repeat(16)}.${'A'.repeat(1_000)}` },
        ]
        return client.xAdd(stream, '*', fields[index % fields.length] ?? {})
      })
      await Promise.all(garbage)
      stranger.state.facts.publish(facts, `fact of a stranger ${round}`)
    }
    // A group that is copied under the name of another node is no group of that node.
    const friend = await started(url)
    friend.state.facts.publish(facts, 'fact of a friend')
    await expect.poll(() => heard).toEqual(['fact of a friend'])
    const [last] = (await client.xRevRange(stream, '+', '-', { COUNT: 1 })) ?? []
    await client.xAdd(stream, '*', { ...last?.message, node: 'another' })
    await client.xAdd(stream, '*', { ...last?.message, at: String(Date.now() + 1) })
    friend.state.facts.publish(facts, 'fact of a friend again')
    await expect.poll(() => heard).toEqual(['fact of a friend', 'fact of a friend again'])
    expect(kinds(one)).toEqual(['connected', 'foreign'])
  })

  test('a group that somebody adds again is heard once, and is not younger than it was', async () => {
    const { url } = await start()
    const client = await outside(url)
    const [one, other] = [await started(url), await started(url)]
    const heard = heardBy(other.state)
    one.state.facts.publish(facts, 'fact')
    await expect.poll(() => heard).toEqual(['fact'])
    const [told] = (await client.xRevRange(stream, '+', '-', { COUNT: 1 })) ?? []
    await client.xAdd(stream, '*', told?.message ?? {})
    one.state.facts.publish(facts, 'fact 2')
    await client.xAdd(stream, '*', told?.message ?? {})
    await expect.poll(() => heard).toEqual(['fact', 'fact 2'])
    one.state.facts.publish(facts, 'fact 3')
    await expect.poll(() => heard.at(-1)).toBe('fact 3')
    expect(heard).toEqual(['fact', 'fact 2', 'fact 3'])
    // A node that has not heard it yet learns how old it is.
    await client.del(stream)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await client.xAdd(stream, '*', told?.message ?? {})
    const late = await open(url)
    const ages: number[] = []
    late.state.facts.subscribe(facts, ({ ageMs }) => ages.push(ageMs))
    await late.state.start()
    expect(ages).toEqual([expect.any(Number)])
    expect(ages[0]).toBeGreaterThanOrEqual(300)
  })

  test('values are seen by all nodes, for their time, until they are dropped', async () => {
    const url = await common()
    const [one, other] = [await started(url), await started(url)]
    await keep(one, other, 'k', 'the answer')
    const { leftMs = 0 } = (await other.values.get('k')) ?? {}
    expect(leftMs).toBeGreaterThan(30_000)
    expect(leftMs).toBeLessThanOrEqual(60_000)
    other.values.delete('k')
    await expect.poll(() => one.values.get('k')).toBeNull()
    one.values.set('brief', 'the answer', 50)
    await expect.poll(() => other.values.get('brief')).toBeNull()
    one.values.set('large', 'x'.repeat(1_000_001), 60_000)
    await keep(one, other, 'after', 'x')
    expect(await other.values.get('large')).toBeNull()
  })

  test('a value that somebody changed, copied, cut or made is none; and nobody reads it there', async () => {
    const url = await common()
    const client = await outside(url)
    const one = await started(url)
    await keep(one, one, 'mine', 'the secret answer')
    await keep(one, one, 'known', 'x')
    const name = 'waygate:1:value:'
    const kept = (await client.get(`${name}mine`)) ?? ''
    expect(kept).not.toContain('secret')
    expect(await (await started(url, { digit: 'c' })).values.get('mine')).toBeNull()
    const middle = Math.floor(kept.length / 2)
    const forged = [
      '',
      'text',
      kept.slice(1),
      kept.slice(0, -2),
      `${kept.slice(0, middle)}${kept[middle] === 'A' ? 'B' : 'A'}${kept.slice(middle + 1)}`,
      'x'.repeat(5_000_000),
    ]
    for (const text of forged) {
      await client.set(`${name}mine`, text, { PX: 60_000 })
      expect(await read(one, 'mine')).toBeNull()
    }
    await client.set(`${name}other`, kept, { PX: 60_000 })
    expect(await read(one, 'other')).toBeNull()
    // Without an end it was not set by a node.
    await client.set(`${name}mine`, kept)
    expect(await read(one, 'mine')).toBeNull()
    await client.del(`${name}mine`)
    await client.lPush(`${name}mine`, kept)
    expect(await read(one, 'mine')).toBeNull()
    // It was never taken for a sick server.
    await keep(one, one, 'again', 'x')
  })

  test('a key of the stream that is something else is said, and mended', async () => {
    const { url } = await start()
    const client = await outside(url)
    await client.set(stream, 'text')
    const one = await started(url)
    const heard = heardBy(one.state)
    expect(one.changes).toEqual([{ kind: 'lost', reason: expect.stringContaining('WRONGTYPE') }])
    await client.del(stream)
    await expect.poll(() => kinds(one)).toEqual(['lost', 'connected'])
    const other = await started(url)
    other.state.facts.publish(facts, 'fact')
    await expect.poll(() => heard).toEqual(['fact'])
  })

  test('a server whose memory is full is said once, and does not stop anything', async () => {
    const { url } = await start()
    const client = await outside(url)
    const [one, other] = [await started(url), await started(url)]
    const heard = heardBy(other.state)
    await client.configSet('maxmemory', '1')
    for (let round = 0; round < 5; round++) {
      one.state.facts.publish(facts, 'fact that is lost')
      one.values.set('k', 'x', 60_000)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await expect.poll(() => kinds(one)).toEqual(['connected', 'refused'])
    await client.configSet('maxmemory', '0')
    one.state.facts.publish(facts, 'fact')
    await expect.poll(() => heard).toEqual(['fact'])
  })

  test('users, passwords and databases of the address are used, and no message shows them', async () => {
    const { url, port } = await start({ options: ['--requirepass', 'hunter2'] })
    const refused = await started(url)
    expect(refused.changes).toEqual([{ kind: 'lost', reason: expect.stringContaining('NOAUTH') }])
    const wrong = await started(`redis://:wrong-secret@127.0.0.1:${port}`)
    expect(wrong.changes).toEqual([{ kind: 'lost', reason: expect.stringContaining('WRONGPASS') }])
    expect(JSON.stringify(wrong.changes)).not.toContain('wrong-secret')
    const admin = await outside(`redis://:hunter2@127.0.0.1:${port}`)
    const commands = ['time', 'xadd', 'xread', 'pexpire', 'getrange', 'pttl', 'set', 'del', 'select'].map(
      (name) => `+${name}`,
    )
    await admin.aclSetUser('way@gate', ['on', '>p@ss/word', '~waygate:*', ...commands])
    const named = await started(`redis://way%40gate:p%40ss%2Fword@127.0.0.1:${port}/3`)
    const zero = await started(`redis://:hunter2@127.0.0.1:${port}`)
    const heard = heardBy(zero.state)
    expect([kinds(named), kinds(zero)]).toEqual([['connected'], ['connected']])
    await keep(named, named, 'k', 'x')
    named.state.facts.publish(facts, 'fact of database 3')
    expect(await zero.values.get('k')).toBeNull()
    expect(heard).toEqual([])
    expect(await admin.sendCommand(['SELECT', '3'])).toBe('OK')
    expect(await admin.exists('waygate:1:value:k')).toBe(1)
  })
})

describe('an address that cannot be used', () => {
  test.each(['redis://user:hunter2@h:99999', 'redis://u:hunter2@[::1', 'redis://u:hunter2@h/cache'])(
    '%s: the start says so, without the password',
    async (url) => {
      const failure = await open(url).catch((error: unknown) => String(error))
      expect(failure).toContain('storage.redis_url is not a valid address')
      expect(failure).not.toContain('hunter2')
    },
  )

  test('where nobody listens, the node starts alone', async () => {
    const node = await started('redis://127.0.0.1:1')
    expect(node.changes).toEqual([{ kind: 'lost', reason: expect.stringContaining('ECONNREFUSED') }])
    expect(await node.values.get('k')).toBeNull()
    node.values.set('k', 'x', 1_000)
    node.values.delete('k')
    node.state.facts.publish(facts, 'fact')
  })

  test('where somebody listens and never answers, the node starts alone after a second', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const node = await started(`redis://127.0.0.1:${port}`)
    await expect.poll(() => kinds(node)).toEqual(['lost'])
    await node.state.close()
  })
})
