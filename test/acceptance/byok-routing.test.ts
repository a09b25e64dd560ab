import { hash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adminKey, type ByokGateway, otherAdminKey, otherKey, secondKey, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'

let byok: ByokGateway
beforeAll(async () => {
  byok = await startByokGateway()
})
afterAll(() => byok.close())
beforeEach(() => byok.reset())

/** A key that the provider refuses. Each is another one, because a refused key is not tried first again. */
let keys = 0
const refusedKey = (status: number): string => `key-${++keys}-refused-${status}-of-a-client`

describe('contract §6.6, §6.17: the order of attempts', () => {
  test('prioritized keys, then the gateway’s credentials, then fallback keys, each as an endpoint of its own', async () => {
    const [b1, a1, a2, f1] = [refusedKey(500), refusedKey(401), refusedKey(503), 'key-fallback-of-a-client']
    await byok.bring({ provider: 'prov-a', key: f1, is_fallback: true })
    await byok.bring({ provider: 'prov-b', key: b1 })
    await byok.bring({ provider: 'prov-a', key: a1 })
    await byok.bring({ provider: 'prov-a', key: a2 })
    const headers = { 'x-openrouter-metadata': 'enabled' }
    const reply = await byok.gateway.chat({ provider: { only: ['prov-a', 'prov-b'] } }, headers)
    expect(byok.upstream.calls).toEqual([
      `prov-a ${a1}`,
      `prov-a ${a2}`,
      `prov-b ${b1}`,
      `prov-b ${b1}`,
      'prov-a own-a',
    ])
    expect(await reply.json()).toMatchObject({
      usage: { is_byok: false },
      openrouter_metadata: {
        is_byok: false,
        attempt: 4,
        attempts: [{ status: 401 }, { status: 503 }, { status: 502 }, { status: 200 }],
        endpoints: { total: 6 },
      },
    })
  })

  test('the metadata names the copy of the endpoint that answered, once', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-good-of-a-client' })
    const reply = await byok.gateway.chat({}, { 'x-openrouter-metadata': 'enabled' })
    const { openrouter_metadata: metadata } = JSON.parse(await reply.text())
    expect(metadata).toMatchObject({ is_byok: true, attempt: 1, attempts: [{ provider: 'Prov A', status: 200 }] })
    expect(metadata.endpoints.available.map(({ selected }: { selected: boolean }) => selected)).toEqual([
      true,
      false,
      false,
    ])
  })

  test('fallback keys come after all of the gateway’s credentials', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-fallback-of-a-client', is_fallback: true })
    expect(await byok.ask()).toMatchObject({ calls: ['prov-a own-a'], body: { usage: { is_byok: false } } })
    const failing = await startByokGateway({
      providers: {
        'prov-a': { base_url: `${byok.upstream.url}/prov-a/v1`, api_key: refusedKey(401) },
        'prov-b': { base_url: `${byok.upstream.url}/prov-b/v1`, api_key: refusedKey(503) },
      },
    })
    try {
      await failing.bring({ provider: 'prov-a', key: 'key-fallback-of-a-client', is_fallback: true })
      expect(await failing.ask()).toMatchObject({ status: 200, body: { provider: 'prov-a', usage: { is_byok: true } } })
      expect(byok.upstream.calls.at(-1)).toBe('prov-a key-fallback-of-a-client')
      expect(byok.upstream.calls).toHaveLength(4)
    } finally {
      await failing.close()
    }
  })

  test('the keys for one provider are tried by sort_order', async () => {
    const [first, second] = [refusedKey(401), refusedKey(401)]
    const id = await byok.bring({ provider: 'prov-a', key: first })
    await byok.bring({ provider: 'prov-a', key: second })
    await byok.manage('PATCH', `/byok/${id}`, { sort_order: 5 })
    expect((await byok.ask()).calls).toEqual([`prov-a ${second}`, `prov-a ${first}`, 'prov-a own-a'])
  })

  test('provider.order holds among prioritized keys, and never puts the gateway’s credentials before them', async () => {
    const [a, b] = [refusedKey(401), refusedKey(401)]
    await byok.bring({ provider: 'prov-a', key: a })
    await byok.bring({ provider: 'prov-b', key: b })
    const order = { provider: { order: ['prov-b', 'prov-a'] } }
    expect((await byok.ask(order)).calls).toEqual([`prov-b ${b}`, `prov-a ${a}`, 'prov-b own-b'])
    await byok.reset()
    await byok.bring({ provider: 'prov-a', key: 'key-good-of-a-client' })
    expect((await byok.ask(order)).calls).toEqual(['prov-a key-good-of-a-client'])
  })

  test('without fallbacks only the first endpoint is called, and its own refusal is the answer', async () => {
    const key = refusedKey(403)
    await byok.bring({ provider: 'prov-b', key })
    const { status, calls } = await byok.ask({ provider: { allow_fallbacks: false } })
    expect({ status, calls }).toEqual({ status: 403, calls: [`prov-b ${key}`] })
  })

  test('with partition none they reach across models, and without it each model has its own', async () => {
    await byok.bring({ provider: 'prov-b', key: 'key-b-of-a-client' })
    const models = { model: 'acme/m2', models: ['acme/m2', 'acme/m1'] }
    expect((await byok.ask(models)).calls).toEqual(['prov-a own-a'])
    const pooled = { ...models, provider: { sort: { by: 'price', partition: 'none' } } }
    expect(await byok.ask(pooled)).toMatchObject({ calls: ['prov-b key-b-of-a-client'], body: { model: 'acme/m1' } })
  })

  test('a key that was refused lately is tried after the others', async () => {
    const key = refusedKey(401)
    await byok.bring({ provider: 'prov-a', key })
    expect((await byok.ask()).calls).toEqual([`prov-a ${key}`, 'prov-a own-a'])
    expect((await byok.ask()).calls).toEqual(['prov-a own-a'])
    // The gateway's own credential at the same provider has lost nothing.
    expect((await byok.ask({}, otherKey)).calls).toEqual(['prov-a own-a'])
  })
})

describe('contract §6.17: which requests may use a key', () => {
  const good = 'key-good-of-a-client'

  test('only those of its account', async () => {
    await byok.bring({ provider: 'prov-a', key: good })
    expect((await byok.ask()).calls).toEqual([`prov-a ${good}`])
    expect((await byok.ask({}, secondKey)).calls).toEqual([`prov-a ${good}`])
    expect((await byok.ask({}, otherKey)).calls).toEqual(['prov-a own-a'])
    await byok.bring({ provider: 'prov-a', key: 'key-of-the-other-account' }, otherAdminKey)
    expect((await byok.ask({}, otherKey)).calls).toEqual(['prov-a key-of-the-other-account'])
    expect((await byok.ask()).calls).toEqual([`prov-a ${good}`])
  })

  test('only those for its models', async () => {
    await byok.bring({ provider: 'prov-a', key: good, allowed_models: ['acme/m2'] })
    expect((await byok.ask({ model: 'acme/m2' })).calls).toEqual([`prov-a ${good}`])
    expect((await byok.ask()).calls).toEqual(['prov-a own-a'])
  })

  test('only those of its API keys', async () => {
    const allowed = [hash('sha256', secondKey, 'hex')]
    await byok.bring({ provider: 'prov-a', key: good, allowed_api_key_hashes: allowed })
    expect((await byok.ask({}, secondKey)).calls).toEqual([`prov-a ${good}`])
    expect((await byok.ask()).calls).toEqual(['prov-a own-a'])
  })

  test('only those of its members: an API key that belongs to no member is not allowed', async () => {
    await byok.bring({ provider: 'prov-a', key: good, allowed_user_ids: ['jane'] })
    expect((await byok.ask({ user: 'jane' })).calls).toEqual(['prov-a own-a'])
  })

  test('only those that all of its restrictions allow', async () => {
    const hashes = [hash('sha256', secondKey, 'hex')]
    await byok.bring({
      provider: 'prov-a',
      key: good,
      allowed_models: ['acme/m2'],
      allowed_api_key_hashes: hashes,
      is_byok_only: true,
    })
    expect((await byok.ask({ model: 'acme/m2' }, secondKey)).calls).toEqual([`prov-a ${good}`])
    expect((await byok.ask({ model: 'acme/m2' })).calls).toEqual(['prov-a own-a'])
  })

  test('none while it is disabled, and none once it is deleted', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: good, disabled: true, is_byok_only: true })
    expect((await byok.ask()).calls).toEqual(['prov-a own-a'])
    await byok.manage('PATCH', `/byok/${id}`, { disabled: false })
    expect((await byok.ask()).calls).toEqual([`prov-a ${good}`])
    await byok.manage('PATCH', `/byok/${id}`, { key: 'key-new-of-a-client' })
    expect((await byok.ask()).calls).toEqual(['prov-a key-new-of-a-client'])
    await byok.manage('DELETE', `/byok/${id}`)
    expect((await byok.ask()).calls).toEqual(['prov-a own-a'])
  })
})

describe('contract §6.17: keys that exclude the gateway’s own credentials', () => {
  test('is_required: for the models of the key, at its provider', async () => {
    const key = refusedKey(401)
    await byok.bring({ provider: 'prov-a', key, is_required: true, allowed_models: ['acme/m1'] })
    expect((await byok.ask()).calls).toEqual([`prov-a ${key}`, 'prov-b own-b'])
    expect((await byok.ask({ model: 'acme/m2' })).calls).toEqual(['prov-a own-a'])
  })

  test('is_byok_only: for every model, also one that the key is not for, and also after all keys failed', async () => {
    const key = refusedKey(401)
    await byok.bring({ provider: 'prov-a', key, is_byok_only: true, allowed_models: ['acme/m1'] })
    expect((await byok.ask()).calls).toEqual([`prov-a ${key}`, 'prov-b own-b'])
    const { status, body, calls } = await byok.ask({ model: 'acme/m2' })
    expect({ status, calls }).toEqual({ status: 404, calls: [] })
    expect(body.error).toMatchObject({
      message: expect.stringContaining('is_byok_only'),
      availability: { code: 'constraint_filtered', excluded_by: ['byok'] },
    })
  })

  test('a key that forbids them does so for the keys beside it as well', async () => {
    await byok.bring({ provider: 'prov-a', key: refusedKey(401), is_byok_only: true })
    await byok.bring({ provider: 'prov-a', key: 'key-fallback-of-a-client', is_fallback: true })
    const { status, calls } = await byok.ask({ model: 'acme/m2' })
    expect(status).toBe(200)
    expect(calls.at(-1)).toBe('prov-a key-fallback-of-a-client')
    expect(calls).not.toContain('prov-a own-a')
  })
})

describe('contract row 45: a key does not exempt a provider from a data policy', () => {
  const [key, zdr] = ['key-good-of-a-client', { model: 'acme/m2', provider: { zdr: true } }]

  test('zdr with a key at a provider that retains is 404, and the key is not used', async () => {
    await byok.bring({ provider: 'prov-a', key })
    const { status, body, calls } = await byok.ask(zdr)
    expect({ status, calls }).toEqual({ status: 404, calls: [] })
    expect(body.error.availability).toMatchObject({ code: 'privacy_restricted', excluded_by: ['data_policy:zdr'] })
    const deny = await byok.ask({ model: 'acme/m2', provider: { data_collection: 'deny' } })
    expect({ status: deny.status, calls: deny.calls }).toEqual({ status: 404, calls: [] })
  })

  test('declared_zdr: true admits the key, and the gateway’s own credentials stay excluded', async () => {
    await byok.bring({ provider: 'prov-a', key, declared_zdr: true })
    expect(await byok.ask(zdr)).toMatchObject({ status: 200, calls: [`prov-a ${key}`] })
    const failing = refusedKey(401)
    await byok.reset()
    await byok.bring({ provider: 'prov-a', key: failing, declared_zdr: true })
    expect(await byok.ask(zdr)).toMatchObject({ status: 401, calls: [`prov-a ${failing}`] })
    // It declares nothing about training.
    expect((await byok.ask({ model: 'acme/m2', provider: { data_collection: 'deny' } })).calls).toEqual([])
  })

  test('declared_zdr: false bars the key at a provider that retains nothing', async () => {
    await byok.bring({ provider: 'prov-b', key, declared_zdr: false })
    expect((await byok.ask({ provider: { zdr: true } })).calls).toEqual(['prov-b own-b'])
    expect((await byok.ask()).calls).toEqual([`prov-b ${key}`])
  })
})

describe('a provider for which the gateway has no key is offered to the account that brought one', () => {
  const model = 'openai/gpt-oss-safeguard-20b'

  test('its models can be used and listed by this account alone', async () => {
    const listed = async (key: string): Promise<readonly string[]> => {
      const reply = await byok.gateway.get('/api/v1/models', { authorization: `Bearer ${key}` })
      const { data }: { data: readonly { id: string }[] } = JSON.parse(await reply.text())
      return data.map(({ id }) => id)
    }
    expect(await listed(testKey)).not.toContain(model)
    expect((await byok.ask({ model })).status).toBe(400)
    const id = await byok.bring({ provider: 'groq', key: 'gsk-of-a-client-0123456789' })
    expect(await listed(testKey)).toContain(model)
    expect(await listed(adminKey)).toContain(model)
    expect(await listed(otherKey)).not.toContain(model)
    expect(await listed('nobody')).not.toContain(model)
    for (const path of [
      `/model/${model}`,
      `/models/${model}`,
      `/models/${model}/endpoints`,
      '/models/gpt-oss-safeguard-20b',
    ]) {
      const statusFor = async (key: string) =>
        (await byok.gateway.get(`/api/v1${path}`, { authorization: `Bearer ${key}` })).status
      const statuses = [await statusFor(testKey), await statusFor(otherKey), await statusFor('nobody')]
      expect({ path, statuses }).toEqual({ path, statuses: [200, 404, 404] })
    }
    const explained = await byok.gateway.post('/api/v1/route', { model, messages: [{ role: 'user', content: 'hi' }] })
    expect(await explained.json()).toMatchObject({
      data: { candidates: [{ endpoint: 'groq', byok_key: id }], error: null },
    })
    expect((await byok.ask({ model }, otherKey)).status).toBe(400)
    await byok.manage('DELETE', `/byok/${id}`)
    expect(await listed(testKey)).not.toContain(model)
    expect((await byok.ask({ model })).status).toBe(400)
  })
})

describe('contract §6.17: keys of Azure and Amazon Bedrock', () => {
  test('are used in their own way, at the address that the operator configured', async () => {
    const { url } = byok.upstream
    const clouds = await startByokGateway({
      providers: { azure: { base_url: `${url}/azure` }, 'amazon-bedrock': { base_url: `${url}/bedrock` } },
      models: {
        'acme/azure': { endpoints: [{ provider: 'azure', model: 'gpt-4o', pricing: { prompt: 1, completion: 2 } }] },
        'acme/aws': { endpoints: [{ provider: 'amazon-bedrock', model: 'm', pricing: { prompt: 1, completion: 2 } }] },
      },
    })
    try {
      const resource = { api_key: 'azure-key-of-a-client', resource_name: 'ours', resource_type: 'openai' }
      await clouds.bring({ provider: 'azure', key: JSON.stringify([resource]), is_byok_only: true })
      expect((await clouds.ask({ model: 'acme/azure' })).body.usage).toMatchObject({ is_byok: true })
      expect(byok.upstream.calls).toEqual(['azure azure-key-of-a-client'])
      const access = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-a-client', region: 'eu-west-3' }
      await clouds.bring({ provider: 'amazon-bedrock', key: JSON.stringify(access), is_byok_only: true })
      expect((await clouds.ask({ model: 'acme/aws' })).body.usage).toMatchObject({
        is_byok: true,
        cost_details: { upstream_inference_cost: 0.002 },
      })
      expect(byok.upstream.last().headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d+\/eu-west-3\/bedrock\//)
      const plain = await clouds.bring({ provider: 'amazon-bedrock', key: 'bedrock-key-of-a-client', sort_order: 0 })
      await clouds.manage('PATCH', `/byok/${plain}`, { is_byok_only: true })
      const all = (await clouds.manage('GET', '/byok?provider=amazon-bedrock')).body.data
      for (const { id } of all) if (id !== plain) await clouds.manage('DELETE', `/byok/${id}`)
      await clouds.ask({ model: 'acme/aws' })
      expect(byok.upstream.last().headers.authorization).toBe('Bearer bedrock-key-of-a-client')
    } finally {
      await clouds.close()
    }
  })
})

describe('contract §5.5: the refusal of a client’s key has the provider’s own status', () => {
  test.each([
    [401, 'authentication'],
    [402, 'payment_required'],
    [403, 'permission_denied'],
    [429, 'rate_limit_exceeded'],
  ])('%i', async (status, type) => {
    for (const stream of [false, true]) {
      const key = refusedKey(status)
      await byok.reset()
      await byok.bring({ provider: 'prov-a', key, is_byok_only: true })
      const reply = await byok.ask({ model: 'acme/m2', stream })
      expect(reply).toMatchObject({
        status,
        calls: [`prov-a ${key}`],
        body: { error: { code: status, metadata: { error_type: type, provider_name: 'Prov A', is_byok: true } } },
      })
      expect(JSON.stringify(reply.body)).not.toContain(key)
    }
  })

  test('the refusal of the gateway’s own key stays a 502', async () => {
    const own = await startByokGateway({
      providers: { 'prov-a': { base_url: `${byok.upstream.url}/prov-a/v1`, api_key: refusedKey(401) } },
    })
    try {
      expect(await own.ask({ model: 'acme/m2' })).toMatchObject({ status: 502 })
    } finally {
      await own.close()
    }
  })
})
