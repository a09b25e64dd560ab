import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { openStorage } from '../../src/storage/open-storage.ts'
import { keyRecord } from '../contract/key-store.ts'
import { cuttable } from '../engines/cuttable-connection.ts'
import { describePostgres } from '../engines/engines.ts'
import { startGateway } from '../gateway.ts'

const key = 'sk-or-v1-made-while-the-gateways-run'
const authorization = { authorization: `Bearer ${key}` }

describePostgres('two gateways on one database', ({ newDatabase }) => {
  test('share keys and generations, and both refuse a key that was revoked', async () => {
    const url = await newDatabase()
    const [one, other] = [await startGateway({ storage: { url } }), await startGateway({ storage: { url } })]
    const storage = await openStorage(url)
    onTestFinished(async () => {
      await Promise.all([one.close(), other.close(), storage.close()])
    })
    expect((await one.chat({}, authorization)).status).toBe(401)
    const hash = createHash('sha256').update(key).digest('hex')
    await storage.keys.insert(keyRecord({ hash, limit: null }))
    const status = async (gateway: typeof one) => (await gateway.chat({}, authorization)).status
    await expect.poll(() => status(one)).toBe(200)
    await expect.poll(() => status(other)).toBe(200)

    const reply = await one.chat({ max_tokens: 5 }, authorization)
    const { usage } = Object(await reply.json())
    const id = reply.headers.get('x-generation-id') ?? ''
    const read = async (path: string) => Object(await (await other.get(path, authorization)).json()).data
    await expect.poll(async () => (await read(`/api/v1/generation?id=${id}`))?.total_cost).toBe(usage.cost)
    await expect.poll(async () => (await read('/api/v1/key')).usage).toBeGreaterThanOrEqual(usage.cost)

    await storage.keys.update(hash, { disabled: true, updatedAt: 1 })
    await expect.poll(() => status(one)).toBe(401)
    await expect.poll(() => status(other)).toBe(401)
  })

  test('a preset that one node stores is used and changed at the other within seconds', async () => {
    const url = await newDatabase()
    const [one, other] = [await startGateway({ storage: { url } }), await startGateway({ storage: { url } })]
    onTestFinished(async () => {
      await Promise.all([one.close(), other.close()])
    })
    const store = (node: typeof one, model: string) =>
      node.post('/api/v1/presets/shared/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })
    const served = async (node: typeof one) => {
      const reply = await node.chat({ model: '@preset/shared' })
      return Object(await reply.json()).model
    }
    expect((await store(one, 'acme/m1')).status).toBe(200)
    expect(await served(one)).toBe('acme/m1')
    await expect.poll(() => served(other)).toBe('acme/m1')
    expect((await store(other, 'acme/m2')).status).toBe(200)
    expect(await served(other)).toBe('acme/m2')
    await expect.poll(() => served(one)).toBe('acme/m2')
  })

  test('a key that was revoked is refused soon, although the connections of the node lead nowhere any more', async () => {
    const url = await newDatabase()
    const way = await cuttable(url)
    const node = await startGateway({ storage: { url: way.url } })
    const storage = await openStorage(url)
    onTestFinished(async () => {
      await Promise.all([node.close(), storage.close()])
      await way.close()
    })
    const status = async () => (await node.chat({ max_tokens: 5 }, authorization)).status
    const hash = createHash('sha256').update(key).digest('hex')
    await storage.keys.insert(keyRecord({ hash, limit: null }))
    await expect.poll(status).toBe(200)
    await Promise.all(Array.from({ length: 5 }, async () => node.get('/api/v1/key', authorization)))
    way.strand()
    await storage.keys.update(hash, { disabled: true, updatedAt: 1 })
    await expect.poll(status).toBe(401)
  }, 60_000)
})
