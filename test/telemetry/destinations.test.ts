import { hash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { adminKey, type Json, otherAdminKey, otherKey } from '../byok-gateway.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { type Receiver, spansOf, startReceiver } from './receiver.ts'

const secret = 'secret-of-a-destination-0123456789-AbCd'
const path = '/observability/destinations'
const keys = [
  { name: 'test', key: testKey },
  { name: 'admin', key: adminKey, management: true },
  { name: 'other', key: otherKey, account: 'other' },
  { name: 'other-admin', key: otherAdminKey, account: 'other', management: true },
]
const usual = { keys, fetch: { allow: ['127.0.0.1'] }, telemetry: { metrics: true } }

let receiver: Receiver
let gateway: TestGateway
let seen = 0
beforeAll(async () => {
  receiver = await startReceiver()
  gateway = await startGateway(usual)
})
beforeEach(() => {
  receiver.status = 200
  seen = receiver.received.length
})
afterEach(async () => {
  for (const key of [adminKey, otherAdminKey]) {
    const { body } = await manage('GET', `${path}?limit=100`, undefined, key)
    for (const { id } of body.data) await manage('DELETE', `${path}/${id}`, undefined, key)
  }
})
afterAll(async () => {
  await gateway.close()
  await receiver.close()
})

async function manage(method: string, at: string, body?: unknown, key = adminKey, to = gateway) {
  const reply = await fetch(`${to.url}/api/v1${at}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const read: Json = await reply.json()
  return { status: reply.status, body: read }
}

const create = (body: object, key?: string) => manage('POST', path, body, key)

const webhook = (name = 'Audit', given: object = {}) => ({
  type: 'webhook',
  name,
  config: { url: `${receiver.url}/hook`, headers: { 'X-Key': secret } },
  ...given,
})

/** A type that is saved without a test call. */
const collector = (name: string, given: object = {}) => ({
  type: 'otel-collector',
  name,
  config: { endpoint: `${receiver.url}/v1/traces` },
  ...given,
})

describe('contract §6.20, §8.B: destinations of an account', () => {
  test('a new one is answered with 201 and every field of its row, with its secrets masked', async () => {
    const { status, body } = await create(webhook())
    expect(status).toBe(201)
    expect(body).toEqual({
      data: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: 'webhook',
        name: 'Audit',
        enabled: true,
        config: { url: `${receiver.url}/hook`, method: 'POST', headers: { 'X-Key': 'sec...AbCd' } },
        sampling_rate: 1,
        privacy_mode: false,
        api_key_hashes: null,
        filter_rules: null,
        broadcast_generation_cost: false,
        broadcast_generation_cost_allocation: false,
        broadcast_generation_identity: false,
        broadcast_generation_request_context: false,
        regions: ['global'],
        workspace_id: 'default',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    })
    expect((await manage('GET', `${path}/${body.data.id}`)).body).toEqual(body)
    expect((await manage('GET', path)).body).toEqual({ data: [body.data], total_count: 1 })
  })

  test('a webhook gets a test call before it is saved, which passes with 2xx and 400', async () => {
    for (const status of [204, 400]) {
      receiver.status = status
      expect((await create(webhook(`with ${status}`))).status).toBe(201)
    }
    const [call] = receiver.received.slice(seen)
    expect(call).toMatchObject({ method: 'POST', path: '/hook', headers: { 'x-test-connection': 'true' } })
    expect(call?.headers['x-key']).toBe(secret)
    expect(JSON.parse(call?.text ?? '')).toEqual({ resourceSpans: [] })
    receiver.status = 500
    const failed = await create(webhook('with 500'))
    expect(failed.status).toBe(400)
    expect(failed.body.error.message).toBe('config did not pass its test call: the address answered with status 500.')
    expect((await manage('GET', path)).body.total_count).toBe(2)
  })

  test('its generations are sent from now on, those of other accounts are not, and none once it is deleted', async () => {
    const { body } = await create(webhook())
    await create(webhook('Theirs', { config: { url: `${receiver.url}/theirs` } }), otherAdminKey)
    await receiver.until(seen + 2)
    await (await gateway.chat({ user: 'alice' })).text()
    await receiver.until(seen + 3)
    const [span] = spansOf(receiver.received.slice(seen + 2))
    expect(span?.attributes).toMatchObject({ 'user.id': 'alice', 'gen_ai.completion': expect.stringMatching(/\w/) })
    await manage('DELETE', `${path}/${body.data.id}`)
    await (await gateway.chat({ user: 'bob' })).text()
    await (await gateway.chat({ user: 'carol' }, { authorization: `Bearer ${otherKey}` })).text()
    const received = await receiver.until(seen + 4)
    expect(received.slice(seen + 2).map(({ path }) => path)).toEqual(['/hook', '/theirs'])
    expect(spansOf(received.slice(seen + 3)).map(({ attributes }) => attributes['user.id'])).toEqual(['carol'])
  })

  test('what it gets follows its options', async () => {
    const flags = {
      broadcast_generation_cost: true,
      broadcast_generation_cost_allocation: true,
      broadcast_generation_identity: true,
      broadcast_generation_request_context: true,
    }
    const hashOf = hash('sha256', testKey, 'hex')
    await create(collector('All', { ...flags, privacy_mode: true, api_key_hashes: [hashOf] }))
    const rules = { groups: [{ rules: [{ field: 'user_id', operator: 'equals', value: 'nobody' }] }] }
    const nothing = { config: { endpoint: `${receiver.url}/nothing` } }
    await create(collector('By rule', { ...nothing, filter_rules: rules }))
    await create(collector('By key', { ...nothing, api_key_hashes: [hash('sha256', adminKey, 'hex')] }))
    await create(collector('Off', { ...nothing, enabled: false }))
    await create(collector('Elsewhere', { ...nothing, regions: ['eu', 'us', 'europe'] }))
    await (await gateway.chat({})).text()
    const received = (await receiver.until(seen + 1)).slice(seen)
    expect(received.map(({ path }) => path)).toEqual(['/v1/traces'])
    const attributes = spansOf(received)[0]?.attributes ?? {}
    expect(attributes).toMatchObject({
      'openrouter.is_byok': false,
      'openrouter.cost_allocation.account': 'default',
      'openrouter.api_key_hash': hashOf,
      'openrouter.streamed': false,
    })
    expect(Object.keys(attributes)).not.toContain('gen_ai.prompt')
    const listed = (await manage('GET', path)).body.data
    expect(listed.find(({ name }: Json) => name === 'All')).toMatchObject({ ...flags, api_key_hashes: [hashOf] })
    expect(listed.find(({ name }: Json) => name === 'By rule')).toMatchObject({ filter_rules: rules })
    expect(listed.find(({ name }: Json) => name === 'Elsewhere')).toMatchObject({ regions: ['europe', 'us'] })
  })

  test('a change leaves what it does not name, a masked secret too, and null clears', async () => {
    const { body } = await create(webhook('Audit', { filter_rules: { groups: [] } }))
    const at = `${path}/${body.data.id}`
    const shown = body.data.config.headers['X-Key']
    const moved = { url: `${receiver.url}/moved`, headers: { 'X-Key': shown, 'X-More': 'plain' } }
    const renamed = await manage('PATCH', at, { name: 'Renamed', config: moved, filter_rules: null })
    expect(renamed.status).toBe(200)
    expect(renamed.body.data).toMatchObject({
      name: 'Renamed',
      filter_rules: null,
      config: { url: moved.url, headers: { 'X-Key': shown, 'X-More': '...' } },
    })
    const calls = (await receiver.until(seen + 2)).slice(seen)
    expect(calls[1]).toMatchObject({ path: '/moved', headers: { 'x-key': secret, 'x-more': 'plain' } })
    // The whole of a change counts, and nothing else: a rate alone makes no call.
    expect((await manage('PATCH', at, { sampling_rate: 0.5, name: null })).body.data).toMatchObject({
      sampling_rate: 0.5,
      name: 'Renamed',
      config: renamed.body.data.config,
    })
    expect((await manage('PATCH', at, { config: { headers: null } })).body.data.config).toEqual({
      url: moved.url,
      method: 'POST',
    })
    expect(receiver.received.length).toBe(seen + 3)
    receiver.status = 503
    expect((await manage('PATCH', at, { config: { url: `${receiver.url}/broken` } })).status).toBe(400)
    receiver.status = 200
    expect((await manage('GET', at)).body.data.config.url).toBe(moved.url)
  })

  test('contract §0.3: an unknown field of the body has no effect', async () => {
    const { status, body } = await create(collector('Open', { privacy_mod: true, foo: null }))
    expect([status, body.data.privacy_mode]).toEqual([201, false])
    const changed = await manage('PATCH', `${path}/${body.data.id}`, { foo: 1, sampling_rate: 0.5 })
    expect([changed.status, changed.body.data.sampling_rate]).toEqual([200, 0.5])
  })

  test.each<[string, (shown: string) => object]>([
    ['is not named', () => ({})],
    ['is masked', (shown) => ({ headers: { 'X-Key': shown } })],
    ['is masked beside others', (shown) => ({ headers: { 'X-More': 'plain', 'X-Key': shown } })],
  ])('a stored secret that %s does not go to another server', async (_, config) => {
    const { body } = await create(webhook('Audit'))
    const at = `${path}/${body.data.id}`
    const other = await startReceiver()
    onTestFinished(() => other.close())
    const { url } = other
    const moved = await manage('PATCH', at, { config: { url, ...config(body.data.config.headers['X-Key']) } })
    expect(moved.status).toBe(400)
    expect(moved.body.error.message).toContain('config.headers must be sent again')
    expect(other.received).toEqual([])
    expect((await manage('GET', at)).body.data.config.url).toBe(body.data.config.url)
    expect((await manage('PATCH', at, { config: { url, headers: { 'X-Key': secret } } })).status).toBe(200)
    expect((await manage('PATCH', at, { config: { url: receiver.url, headers: null } })).status).toBe(200)
  })

  test('a stored secret stays with the usual server of its type, and its address may be sent again as it is shown', async () => {
    const { body } = await create({ type: 'langfuse', name: 'Usual', config: { publicKey: 'pk', secretKey: secret } })
    const at = `${path}/${body.data.id}`
    const same = await manage('PATCH', at, { config: body.data.config })
    expect(same.status).toBe(200)
    const moved = await manage('PATCH', at, { config: { baseUrl: receiver.url } })
    expect(moved.body.error.message).toContain('config.secretKey must be sent again')
    const given = await manage('PATCH', at, { config: { baseUrl: receiver.url, secretKey: secret } })
    expect(given.status).toBe(200)
    expect((await manage('PATCH', at, { config: { baseUrl: null } })).status).toBe(400)
  })

  test('a sixth one of a type, and a name that is taken, are a conflict', async () => {
    for (let index = 1; index <= 5; index++) expect((await create(collector(`no ${index}`))).status).toBe(201)
    const sixth = await create(collector('no 6'))
    expect(sixth.status).toBe(409)
    expect(sixth.body.error.message).toContain('5 destinations of the type otel-collector already')
    expect((await create(webhook('no 5'))).status).toBe(409)
    const { body } = await create(webhook('another'))
    expect((await manage('PATCH', `${path}/${body.data.id}`, { name: 'no 5' })).status).toBe(409)
    expect((await create(collector('no 5'), otherAdminKey)).status).toBe(201)
    const [{ id }] = (await manage('GET', path)).body.data
    await manage('DELETE', `${path}/${id}`)
    // Of several at once, one is the fifth.
    const together = await Promise.all(['a', 'b', 'b'].map((name) => create(collector(name))))
    expect(together.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409, 409])
  })

  test('of two changes at the same time none undoes the other', async () => {
    const { body } = await create(collector('Both'))
    const at = `${path}/${body.data.id}`
    const changes = [{ privacy_mode: true }, { sampling_rate: 0.25 }, { regions: ['us'] }]
    const replies = await Promise.all(changes.map((change) => manage('PATCH', at, change)))
    const done = changes.filter((_, index) => replies[index]?.status === 200)
    expect(replies.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(done.length).toBeGreaterThan(0)
    expect((await manage('GET', at)).body.data).toMatchObject(Object.assign({}, ...done))
  })
})

describe('what cannot be a destination is refused, with the place', () => {
  const refused = async (body: object): Promise<string> => {
    const reply = await create(body)
    expect(reply.status).toBe(400)
    return reply.body.error.message
  }

  test('a type that is not built, by name, with those that are', async () => {
    expect(await refused({ type: 'datadog', name: 'a', config: { apiKey: secret } })).toBe(
      'type must be one of clickhouse, langfuse, otel-collector, posthog, s3, webhook: this gateway has no "datadog". Most other services take OTLP, by otel-collector.',
    )
  })

  test('settings that the type does not have, lacks, or that have another form', async () => {
    expect(await refused({ type: 'webhook', name: 'a', config: {} })).toMatch(/^config\.url /)
    expect(await refused(webhook('a', { config: { url: receiver.url, bucketName: 'abc' } }))).toMatch(/^config\./)
    expect(await refused(webhook('a', { config: { url: `http://me:${secret}@host` } }))).not.toContain(secret)
    expect(await refused(webhook('a', { config: { url: receiver.url, headers: { 'X-Key': 'a\nb' } } }))).toMatch(
      /^config\.headers/,
    )
    const long = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x-${index}`, 'a'.repeat(4_000)]))
    expect(await refused(webhook('a', { config: { url: receiver.url, headers: long } }))).toMatch(/at most 16384/)
  })

  test('headers of the connection, which the gateway sets itself', async () => {
    for (const name of [
      'Transfer-Encoding',
      'expect',
      'Content-Length',
      'Connection',
      'Host',
      'Upgrade',
      'Keep-Alive',
      'TE',
      'Trailer',
      'Proxy-Authorization',
    ]) {
      const config = { endpoint: receiver.url, headers: { 'X-Key': 'a', [name]: '1' } }
      expect(await refused(collector('a', { config }))).toBe(
        `config.headers.${name} is a header that the gateway sets itself.`,
      )
    }
  })

  test('options that make no sense', async () => {
    for (const [given, place] of [
      [{ regions: [] }, 'regions'],
      [{ regions: ['moon'] }, 'regions'],
      [{ sampling_rate: 0 }, 'sampling_rate'],
      [{ api_key_hashes: [] }, 'api_key_hashes'],
      [{ api_key_hashes: ['0'.repeat(64)] }, 'api_key_hashes\\[0\\]'],
      [{ workspace_id: 'elsewhere' }, 'workspace_id'],
      [{ name: 'a\u0007' }, 'name'],
      [{ name: '' }, 'name'],
      [{ filter_rules: { groups: [], surprise: true } }, 'filter_rules.surprise'],
      [
        { filter_rules: { groups: [{ rules: [{ field: 'input', operator: 'regex', value: '(?=a)' }] }] } },
        'filter_rules',
      ],
    ] as const) {
      expect(await refused(webhook('a', given)), JSON.stringify(given)).toMatch(new RegExp(place))
    }
    expect((await create(webhook('a', { workspace_id: 'default' }))).status).toBe(201)
  })

  test('patterns of more than 2,000 steps together', async () => {
    const rules = Array.from({ length: 50 }, () => ({ field: 'input', operator: 'regex', value: '(.*a){60}z' }))
    const groups = Array.from({ length: 20 }, () => ({ logic: 'or', rules }))
    expect(await refused(collector('a', { filter_rules: { groups } }))).toMatch(
      /^filter_rules\.groups\[0\]\.rules\[4\]\.value is a pattern too many: .* 2000 steps together/,
    )
  })

  test('S3 without keys, which would be signed as the machine', async () => {
    const s3 = (config: object) => ({ type: 's3', name: 's3', config: { bucketName: 'traces', ...config } })
    const given = { accessKeyId: 'AKID', secretAccessKey: secret }
    expect(await refused(s3({}))).toMatch(/^config\.accessKeyId is required/)
    expect(await refused(s3({ accessKeyId: 'AKID' }))).toMatch(/^config\.secretAccessKey is required/)
    expect(await refused(s3({ ...given, authMode: 'iam_role' }))).toMatch(/^config\.authMode must be access_keys/)
    const { body } = await create(s3(given))
    expect(body.data.config).toMatchObject({ accessKeyId: 'AKID', secretAccessKey: 'sec...AbCd' })
    const cleared = await manage('PATCH', `${path}/${body.data.id}`, { config: { secretAccessKey: null } })
    expect(cleared.status).toBe(400)
  })

  test('inside addresses: those of a private network, and of the metadata of a cloud', async () => {
    for (const url of ['http://10.0.0.1/hook', 'http://169.254.169.254/latest', 'http://[::1]/', 'http://localhost/']) {
      expect(await refused(webhook('a', { config: { url } }))).toBe(
        'config did not pass its test call: the address leads to a host that is unknown or not on the public internet.',
      )
    }
  })

  test('an address is checked again when it is sent to, also where saving it made no call', async () => {
    const strict = await startGateway({ keys, telemetry: { metrics: true } })
    expect((await manage('POST', path, collector('inside'), adminKey, strict)).status).toBe(201)
    await (await strict.chat({})).text()
    // It sends what waits before it ends.
    await strict.close()
    const line = strict.log.find((text) => text.includes('inside')) ?? ''
    // A warning without a stack: nothing is wrong with the gateway.
    expect(JSON.parse(line)).toEqual({
      level: 40,
      time: expect.any(String),
      loss: '1 traces for the destination "inside" are dropped: it cannot be reached.',
      msg: 'telemetry is dropped',
    })
    expect(receiver.received.length).toBe(seen)
  })
})

test('rules that take too many steps get nothing, which is counted, and destinations without rules get theirs', async () => {
  const rules = Array.from({ length: 4 }, () => ({ field: 'input', operator: 'regex', value: '(.*a){60}z' }))
  const filter_rules = { groups: [{ logic: 'or', rules: [...rules, { field: 'input', operator: 'exists' }] }] }
  const given = { config: { endpoint: `${receiver.url}/by-rules` }, filter_rules }
  const strict = await startGateway(usual)
  for (let index = 0; index < 5; index++) {
    expect((await manage('POST', path, collector(`heavy ${index}`, given), adminKey, strict)).status).toBe(201)
  }
  expect((await manage('POST', path, webhook('Plain'), adminKey, strict)).status).toBe(201)
  await (await strict.chat({ messages: [{ role: 'user', content: 'a'.repeat(8_000) }] })).text()
  // After the test call.
  await receiver.until(seen + 2)
  const metrics = await (await fetch(`${strict.url}/metrics`)).text()
  expect(metrics).toContain('waygate_telemetry_dropped_total{what="broadcast otel-collector"} 5')
  await (await strict.chat({ messages: [{ role: 'user', content: 'short' }] })).text()
  await receiver.until(seen + 8)
  expect(Map.groupBy(receiver.received.slice(seen + 2), ({ path }) => path).get('/by-rules')).toHaveLength(5)
  await strict.close()
  expect(strict.log.join('')).toMatch(
    /1 traces for the destination .*heavy 4.* are dropped: the rules .* too many steps/,
  )
})

test('only management keys of the account reach a destination', async () => {
  const { body } = await create(webhook())
  const at = `${path}/${body.data.id}`
  const calls = [
    ['GET', at],
    ['PATCH', at, { enabled: false }],
    ['DELETE', at],
  ] as const
  for (const [method, place, given] of calls) {
    expect((await manage(method, place, given, otherAdminKey)).status).toBe(404)
    expect((await manage(method, place, given, testKey)).status).toBe(403)
    expect((await manage(method, place, given, 'unknown')).status).toBe(401)
  }
  for (const [method, given] of [['GET'], ['POST', webhook('b')]] as const) {
    expect((await manage(method, path, given, testKey)).status).toBe(403)
  }
  expect((await manage('GET', path, undefined, otherAdminKey)).body).toEqual({ data: [], total_count: 0 })
  expect((await manage('GET', at)).body).toEqual(body)
  expect((await manage('GET', `${path}?workspace_id=elsewhere`)).status).toBe(400)
})

test('no secret of a destination is in an answer, the log or the metrics', async () => {
  await create(webhook())
  await create({ type: 'posthog', name: 'p', config: { apiKey: secret, endpoint: receiver.url } })
  const refused = await create({ type: 'clickhouse', name: 'c', config: { host: 'nowhere', password: secret } })
  const said = [
    JSON.stringify(refused.body),
    JSON.stringify((await manage('GET', path)).body),
    await (await fetch(`${gateway.url}/metrics`)).text(),
    gateway.log.join(''),
  ].join('\n')
  expect(said).not.toContain(secret)
})
