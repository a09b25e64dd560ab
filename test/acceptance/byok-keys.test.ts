import { hash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adminKey, type ByokGateway, otherAdminKey, otherKey, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'

let byok: ByokGateway
beforeAll(async () => {
  byok = await startByokGateway()
})
afterAll(() => byok.close())
beforeEach(() => byok.reset())

const secret = 'sk-provider-secret-of-a-client-0123AbCd'
const hashOf = (key: string): string => hash('sha256', key, 'hex')

describe('the keys that an account brings for providers', () => {
  test('a new key is answered with 201 and every field of its row, and the key itself is masked', async () => {
    const { status, body } = await byok.manage('POST', '/byok', { provider: 'prov-a', key: secret })
    expect(status).toBe(201)
    expect(body).toEqual({
      data: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        provider: 'prov-a',
        label: 'sk-...AbCd',
        name: null,
        disabled: false,
        is_fallback: false,
        is_required: false,
        is_byok_only: false,
        declared_zdr: null,
        declared_region: null,
        allowed_models: null,
        allowed_api_key_hashes: null,
        allowed_user_ids: null,
        sort_order: 0,
        workspace_id: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    })
    const { id } = body.data
    expect((await byok.manage('GET', `/byok/${id}`)).body).toEqual(body)
    expect((await byok.manage('GET', '/byok')).body).toEqual({ data: [body.data], total_count: 1 })
  })

  test('all that may be set is kept', async () => {
    const given = {
      provider: 'prov-a',
      name: 'Ours',
      disabled: true,
      is_required: true,
      is_byok_only: true,
      declared_zdr: false,
      declared_region: 'europe',
      allowed_models: ['acme/m1'],
      allowed_api_key_hashes: [hashOf(testKey), hashOf(adminKey)],
      allowed_user_ids: ['jane'],
      sort_order: 7,
    }
    const created = await byok.manage('POST', '/byok', { ...given, key: secret })
    expect(created.body.data).toMatchObject(given)
    expect((await byok.manage('GET', `/byok/${created.body.data.id}`)).body.data).toMatchObject(given)
  })

  test('a change leaves what it does not name, and null removes what may be null', async () => {
    const id = await byok.bring({
      provider: 'prov-a',
      key: secret,
      name: 'Ours',
      declared_zdr: true,
      declared_region: 'us',
      allowed_models: ['acme/m1'],
      allowed_api_key_hashes: [hashOf(testKey)],
      allowed_user_ids: ['jane'],
    })
    const renamed = await byok.manage('PATCH', `/byok/${id}`, { name: 'Theirs', disabled: null, is_required: true })
    expect(renamed.body.data).toMatchObject({
      name: 'Theirs',
      disabled: false,
      is_required: true,
      declared_zdr: true,
      declared_region: 'us',
      allowed_models: ['acme/m1'],
      allowed_api_key_hashes: [hashOf(testKey)],
      allowed_user_ids: ['jane'],
      label: 'sk-...AbCd',
    })
    const cleared = {
      name: null,
      declared_zdr: null,
      declared_region: null,
      allowed_models: null,
      allowed_api_key_hashes: null,
      allowed_user_ids: null,
    }
    expect((await byok.manage('PATCH', `/byok/${id}`, cleared)).body.data).toMatchObject(cleared)
    const other = await byok.manage('PATCH', `/byok/${id}`, { key: 'pk-another-secret-of-a-client-0123WxYz' })
    expect(other.body.data).toMatchObject({ ...cleared, label: 'pk-...WxYz', is_required: true })
    expect((await byok.manage('GET', `/byok/${id}`)).body).toEqual(other.body)
  })

  test('a deleted key is gone', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: secret })
    expect(await byok.manage('DELETE', `/byok/${id}`)).toEqual({ status: 200, body: { deleted: true } })
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const reply = await byok.manage(method, `/byok/${id}`, method === 'PATCH' ? {} : undefined)
      expect(reply).toMatchObject({ status: 404, body: { error: { code: 404 } } })
    }
    expect((await byok.manage('GET', '/byok')).body).toEqual({ data: [], total_count: 0 })
  })

  test('they are listed in the order in which they are tried, by page and by provider', async () => {
    const ids = []
    for (const provider of ['prov-b', 'prov-a', 'prov-a', 'prov-a'])
      ids.push(await byok.bring({ provider, key: secret }))
    const [b, a1, a2, a3] = ids
    await byok.manage('PATCH', `/byok/${a1}`, { sort_order: 9 })
    const listed = async (query: string) => {
      const { body } = await byok.manage('GET', `/byok${query}`)
      return [body.data.map(({ id }: { id: string }) => id), body.total_count]
    }
    expect(await listed('')).toEqual([[a2, a3, a1, b], 4])
    expect(await listed('?provider=prov-a')).toEqual([[a2, a3, a1], 3])
    expect(await listed('?offset=1&limit=2')).toEqual([[a3, a1], 4])
    expect(await listed('?provider=prov-z')).toEqual([[], 0])
    for (const query of ['?limit=0', '?limit=101', '?offset=-1', '?limit=x']) {
      expect((await byok.manage('GET', `/byok${query}`)).status).toBe(400)
    }
  })
})

describe('only management keys of the account reach them', () => {
  const calls = (id: string) =>
    [
      ['GET', '/byok'],
      ['POST', '/byok', { provider: 'prov-a', key: secret }],
      ['GET', `/byok/${id}`],
      ['PATCH', `/byok/${id}`, { disabled: true }],
      ['DELETE', `/byok/${id}`],
    ] as const

  test('an inference key gets 403, and no key 401', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: secret })
    for (const [method, path, body] of calls(id)) {
      const refused = await byok.manage(method, path, body, testKey)
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 403 } } })
      expect(refused.body.error.message).toMatch(/^Only management keys can perform this operation/)
      expect((await byok.manage(method, path, body, 'unknown')).status).toBe(401)
    }
    expect((await byok.manage('GET', `/byok/${id}`)).body.data.disabled).toBe(false)
  })

  test('the ids of another account are 404, and its keys are not listed', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: secret })
    for (const [method, path, body] of calls(id).slice(2)) {
      const reply = await byok.manage(method, path, body, otherAdminKey)
      expect(reply).toMatchObject({ status: 404, body: { error: { code: 404 } } })
    }
    expect((await byok.manage('GET', '/byok', undefined, otherAdminKey)).body).toEqual({ data: [], total_count: 0 })
    expect((await byok.manage('GET', `/byok/${id}`)).body.data).toMatchObject({ id, disabled: false })
  })
})

describe('what is wrong is refused with its place, and without the key', () => {
  const many = Array.from({ length: 101 }, (_, index) => String(index))
  const refused: readonly (readonly [path: string, body: Readonly<Record<string, unknown>>])[] = [
    ['provider', { provider: undefined }],
    ['provider', { provider: 'no-such-provider' }],
    ['provider', { provider: 'ollama' }],
    ['key', { key: undefined }],
    ['key', { key: '' }],
    ['key', { key: 5 }],
    ['key', { key: `${secret} and more` }],
    ['key', { key: `${secret}\n${secret}` }],
    ['key', { key: JSON.stringify({ api_key: secret }) }],
    ['key', { key: secret.repeat(500) }],
    ['name', { name: 'x'.repeat(256) }],
    ['name', { name: '' }],
    ['disabled', { disabled: 'yes' }],
    ['is_fallback', { is_fallback: true, is_required: true }],
    ['is_fallback', { is_fallback: true, is_byok_only: true }],
    ['declared_region', { declared_region: 'mars' }],
    ['allowed_models', { allowed_models: many }],
    ['allowed_user_ids', { allowed_user_ids: many }],
    ['allowed_api_key_hashes', { allowed_api_key_hashes: [] }],
    ['allowed_api_key_hashes', { allowed_api_key_hashes: many.map(hashOf) }],
    ['allowed_api_key_hashes[0]', { allowed_api_key_hashes: ['abc'] }],
    ['allowed_api_key_hashes[0]', { allowed_api_key_hashes: [hashOf(testKey).toUpperCase()] }],
    ['allowed_api_key_hashes[1]', { allowed_api_key_hashes: [hashOf(testKey), hashOf('unknown')] }],
    ['allowed_api_key_hashes[0]', { allowed_api_key_hashes: [hashOf(otherKey)] }],
    ['workspace_id', { workspace_id: 'ws-1' }],
    ['sort_order', { sort_order: -1 }],
  ]

  test.each(refused)('%s', async (path, change) => {
    const { status, body } = await byok.manage('POST', '/byok', { provider: 'prov-a', key: secret, ...change })
    expect(status).toBe(400)
    expect(body.error.metadata.issues).toEqual([{ path, message: expect.any(String) }])
    expect(JSON.stringify(body)).not.toContain(secret)
    expect((await byok.manage('GET', '/byok')).body.total_count).toBe(0)
  })

  test('contract §0.3: an unknown field has no effect', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: secret, is_byok_onli: true, foo: null })
    expect((await byok.manage('GET', `/byok/${id}`)).body.data).toMatchObject({ is_byok_only: false })
    const changed = await byok.manage('PATCH', `/byok/${id}`, { foo: 1, disabled: true })
    expect(changed).toMatchObject({ status: 200, body: { data: { disabled: true } } })
    await byok.manage('DELETE', `/byok/${id}`)
  })

  test('a change is checked against what is stored', async () => {
    const id = await byok.bring({ provider: 'prov-a', key: secret, is_required: true })
    for (const change of [
      { is_fallback: true },
      { allowed_api_key_hashes: [] },
      { allowed_api_key_hashes: [hashOf(otherKey)] },
      { key: 'two words' },
    ]) {
      expect((await byok.manage('PATCH', `/byok/${id}`, change)).status).toBe(400)
    }
    expect((await byok.manage('PATCH', `/byok/${id}`, { is_fallback: true, is_required: false })).status).toBe(200)
    expect((await byok.manage('PATCH', `/byok/${id}`, '{broken')).status).toBe(400)
    expect((await byok.manage('PATCH', `/byok/${id}`, [])).status).toBe(400)
  })
})
