import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { type Receiver, spansOf, startReceiver } from './receiver.ts'

const secrets = { webhook: 'secret-of-the-webhook', langfuse: 'secret-of-langfuse', s3: 'secret-of-the-bucket' }
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
const asked = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'what is this?' }, image] }],
  session_id: 'session-1',
  user: 'alice',
  metadata: { team: 'blue' },
  trace: {
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    parent_span_id: 'b7ad6b7169203331',
    generation_name: 'Describe',
    feature: 'pictures',
    nested: { a: 1 },
  },
}
const models = {
  'acme/m1': { ...behaving('steady'), input_modalities: ['text', 'image'] },
  'acme/broken': behaving('status-500'),
}

describe('contract §6.20: destinations', () => {
  let receiver: Receiver
  let gateway: TestGateway
  let seen = 0
  const use = (...broadcast: readonly object[]) => gateway.reload({ models, broadcast, telemetry: { metrics: true } })
  const next = async () => {
    await receiver.until(seen + 1)
    return receiver.received.slice(seen)
  }
  const ask = async (body: object = {}): Promise<Readonly<Record<string, unknown>>> =>
    Object(await (await gateway.chat({ model: 'acme/m1', ...asked, ...body })).json())
  beforeAll(async () => {
    receiver = await startReceiver()
    gateway = await startGateway({ models })
  })
  beforeEach(() => {
    seen = receiver.received.length
  })
  afterAll(async () => {
    await gateway.close()
    await receiver.close()
  })

  test('contract row 27: the webhook gets OTLP, with `trace`, session, user and metadata mapped', async () => {
    const headers = { 'X-Key': secrets.webhook }
    await use({ type: 'webhook', name: 'audit', url: `${receiver.url}/hook?a=b`, method: 'PUT', headers })
    const reply = await ask()
    const requests = await next()
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      path: '/hook?a=b',
      headers: { 'content-type': 'application/json', 'x-key': secrets.webhook },
    })
    const [span] = spansOf(requests)
    expect(span).toMatchObject({
      traceId: asked.trace.trace_id,
      parentSpanId: asked.trace.parent_span_id,
      name: 'Describe',
      service: 'openrouter',
      attributes: {
        'gen_ai.request.model': 'acme/m1',
        'gen_ai.response.id': reply['id'],
        'gen_ai.usage.prompt_tokens': Object(reply['usage']).prompt_tokens,
        'gen_ai.usage.completion_tokens': Object(reply['usage']).completion_tokens,
        'gen_ai.usage.total_cost': Object(reply['usage']).cost,
        'user.id': 'alice',
        'session.id': 'session-1',
        'trace.metadata.feature': 'pictures',
        'trace.metadata.nested': '{"a":1}',
        'trace.metadata.openrouter.api_key_name': 'test',
        'metadata.team': 'blue',
      },
    })
    const attributes: Readonly<Record<string, unknown>> = span?.attributes ?? {}
    expect(JSON.parse(String(attributes['gen_ai.prompt']))).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'what is this?' }] }],
    })
    expect(attributes['gen_ai.completion']).toBe(Object(reply['choices'])[0].message.content)
    expect(Object.keys(attributes)).not.toContain('trace.metadata.trace_id')
    // Nothing of it was sent to the upstream.
    const journal = await (await fetch(`${gateway.simulator.url}/_journal`)).text()
    expect(journal).not.toMatch(/pictures|alice/)
  })

  test('of what was said only texts are sent, also of the results of tools', async () => {
    await use({ type: 'webhook', name: 'audit', url: receiver.url })
    const inner = [
      { type: 'text', text: 'a picture' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
    ]
    const messages = [
      { role: 'user', content: 'look, "content":[ is no list here' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: inner }] },
    ]
    const tools = [{ name: 'look', input_schema: { type: 'object' } }]
    const reply = await gateway.post('/api/v1/messages', { model: 'acme/m1', max_tokens: 50, messages, tools })
    expect(reply.status).toBe(200)
    await reply.text()
    const [span] = spansOf(await next())
    expect(JSON.parse(String(span?.attributes['gen_ai.prompt']))).toEqual({
      messages: [
        messages[0],
        messages[1],
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [inner[0]] }] },
      ],
    })
  })

  test('privacy mode leaves out what was said, and nothing else', async () => {
    await use({ type: 'otel-collector', name: 'private', endpoint: receiver.url, privacy_mode: true })
    await ask()
    const [span] = spansOf(await next())
    expect(span?.attributes).toMatchObject({ 'user.id': 'alice', 'trace.metadata.feature': 'pictures' })
    expect(Object.keys(span?.attributes ?? {}).join()).not.toMatch(/gen_ai\.(prompt|completion)/)
    expect(
      receiver.received
        .slice(seen)
        .map(({ text }) => text)
        .join(),
    ).not.toContain('what is this?')
  })

  test('failures are told too, and streams are', async () => {
    await use({ type: 'webhook', name: 'audit', url: receiver.url })
    const reply = await gateway.chat({ model: 'acme/broken' })
    await reply.text()
    await (await gateway.chat({ model: 'acme/m1', stream: true, trace: { trace_name: 'Streamed' } })).text()
    await receiver.until(seen + 1)
    while (spansOf(receiver.received.slice(seen)).length < 2) await receiver.until(receiver.received.length + 1)
    const spans = spansOf(receiver.received.slice(seen))
    expect(spans.find(({ name }) => name === 'acme/broken')?.status).toMatchObject({ code: 2 })
    expect(spans.find(({ name }) => name === 'Streamed')?.attributes['gen_ai.completion']).toMatch(/\w+ \w+/)
  })

  test('rules, keys and accounts decide what a destination gets', async () => {
    const rules = (field: string, operator: string, value?: string | number) => ({
      groups: [{ rules: [{ field, operator, value }] }],
    })
    await use(
      { type: 'webhook', name: 'a', url: `${receiver.url}/cheap`, filter_rules: rules('total_cost', 'lt', 0) },
      {
        type: 'webhook',
        name: 'b',
        url: `${receiver.url}/regex`,
        filter_rules: rules('input', 'regex', '(a+)+\\bthis\\?'),
      },
      { type: 'webhook', name: 'c', url: `${receiver.url}/key`, api_key_hashes: ['0'.repeat(64)] },
      { type: 'webhook', name: 'd', url: `${receiver.url}/other`, account: 'other' },
      { type: 'webhook', name: 'e', url: `${receiver.url}/off`, enabled: false },
      {
        type: 'webhook',
        name: 'f',
        url: `${receiver.url}/wanted`,
        filter_rules: rules('input', 'regex', '(?i)WHAT.*this'),
      },
    )
    await ask()
    expect((await next()).map(({ path }) => path)).toEqual(['/wanted'])
  })

  test('a session is sampled whole', async () => {
    await use({ type: 'webhook', name: 'half', url: receiver.url, sampling_rate: 0.5 })
    for (let index = 0; index < 20; index++) {
      await ask({ session_id: `sampled-${index % 10}`, trace: {} })
    }
    let metrics = ''
    while (!metrics.includes('waygate_telemetry_queued{what="broadcast webhook"} 0')) {
      metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    }
    const sessions = spansOf(receiver.received.slice(seen)).map(({ attributes }) => attributes['session.id'])
    const counts = Map.groupBy(sessions, (session) => session)
    expect(counts.size).toBeGreaterThan(0)
    expect(counts.size).toBeLessThan(10)
    for (const list of counts.values()) expect(list).toHaveLength(2)
  })

  test('Langfuse gets OTLP with its own words and keys', async () => {
    const settings = { base_url: `${receiver.url}/`, public_key: 'pk-lf-1', secret_key: secrets.langfuse }
    await use({ type: 'langfuse', name: 'langfuse', ...settings })
    await ask()
    const requests = await next()
    expect(requests[0]).toMatchObject({
      path: '/api/public/otel/v1/traces',
      headers: { authorization: `Basic ${Buffer.from(`pk-lf-1:${secrets.langfuse}`).toString('base64')}` },
    })
    expect(spansOf(requests)[0]?.attributes).toMatchObject({
      'langfuse.observation.type': 'generation',
      'langfuse.trace.name': 'acme/m1',
      'langfuse.observation.model.name': 'acme/m1',
    })
  })

  test('PostHog gets events of its LLM analytics', async () => {
    await use({ type: 'posthog', name: 'posthog', endpoint: receiver.url, api_key: 'phc_key' })
    const reply = await ask()
    const [request] = await next()
    expect(request?.path).toBe('/batch/')
    expect(JSON.parse(request?.text ?? '')).toMatchObject({
      api_key: 'phc_key',
      batch: [
        {
          event: '$ai_generation',
          distinct_id: 'alice',
          properties: {
            $ai_trace_id: asked.trace.trace_id,
            $ai_session_id: 'session-1',
            $ai_model: 'acme/m1',
            $ai_input_tokens: Object(reply['usage']).prompt_tokens,
            $ai_is_error: false,
            feature: 'pictures',
          },
        },
      ],
    })
  })

  test('ClickHouse gets rows in one statement', async () => {
    const settings = { host: receiver.url, username: 'writer', password: 'pass', table: 'TRACES' }
    await use({ type: 'clickhouse', name: 'clickhouse', ...settings })
    await ask()
    const [request] = await next()
    const url = new URL(request?.path ?? '', receiver.url)
    expect(url.searchParams.get('query')).toBe('INSERT INTO default.TRACES FORMAT JSONEachRow')
    expect(request?.text.endsWith('\n')).toBe(true)
    expect(JSON.parse(request?.text ?? '')).toMatchObject({
      TRACE_ID: asked.trace.trace_id,
      MODEL: 'acme/m1',
      STATUS: 'ok',
      SPAN_TYPE: 'GENERATION',
      USER_ID: 'alice',
      METADATA: JSON.stringify({ feature: 'pictures', nested: { a: 1 } }),
    })
  })

  test('an S3 storage gets one object for each trace, at the path of the contract', async () => {
    const settings = {
      bucket_name: 'traces',
      access_key_id: 'AKID',
      secret_access_key: secrets.s3,
      prefix: 'my traces',
    }
    await use({ type: 's3', name: 's3', endpoint: receiver.url, provider: 'other', ...settings })
    await ask()
    const [request] = await next()
    const date = new Date().toISOString().slice(0, 10)
    expect(request?.method).toBe('PUT')
    expect(request?.path).toMatch(new RegExp(`^/traces/my%20traces/${date}/${asked.trace.trace_id}-\\d+\\.json$`))
    expect(request?.headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/)
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, /,
    )
    expect(spansOf(request === undefined ? [] : [request])).toHaveLength(1)
  })

  test('what is sent again is the same request, so that a storage does not keep it twice', async () => {
    await use({ type: 's3', name: 's3', ...destinations['s3']?.(receiver.url) })
    receiver.status = 503
    await ask()
    await next()
    receiver.status = 200
    await receiver.until(seen + 2)
    const [first, again] = receiver.received.slice(seen)
    expect(again?.path).toBe(first?.path)
    expect(again?.text).toBe(first?.text)
  })

  test('no secret of a destination, a provider or a client is in a trace, the log or the metrics', async () => {
    const sent = receiver.received.map(({ text }) => text).join()
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    for (const secret of [...Object.values(secrets), testKey, 'upstream-secret']) {
      expect(sent).not.toContain(secret)
      expect(gateway.log.join()).not.toContain(secret)
      expect(metrics).not.toContain(secret)
    }
  })

  test('a configuration that makes no sense is refused, with the place', async () => {
    const refused = async (entry: object): Promise<string> => {
      const outcome = await use(entry)
      return outcome.type === 'refused' ? outcome.problems.join('\n') : ''
    }
    expect(await refused({ type: 'webhook', name: 'a' })).toMatch(
      /broadcast\[0\].* lacks url, which the type webhook needs/,
    )
    expect(await refused({ type: 'webhook', name: 'a', url: receiver.url, bucket_name: 'abc' })).toMatch(
      /bucket_name: is no setting of the type webhook/,
    )
    const rules = (value: string) => ({ groups: [{ rules: [{ field: 'input', operator: 'regex', value }] }] })
    expect(await refused({ type: 'webhook', name: 'a', url: receiver.url, filter_rules: rules('(?=a)') })).toMatch(
      /groups\[0\]\.rules\[0\]\.value is a pattern that looks around/,
    )
    expect(await refused({ type: 'webhook', name: 'a', url: receiver.url, headers: { 'proxy-x': 'a' } })).toMatch(
      /headers\.proxy-x.* is a header that the gateway sets itself/,
    )
    expect(await refused({ type: 'datadog', name: 'a' })).toMatch(/broadcast\[0\]\.type/)
  })
})

const destinations: Readonly<Record<string, (url: string) => object>> = {
  webhook: (url) => ({ url }),
  'otel-collector': (endpoint) => ({ endpoint }),
  langfuse: (url) => ({ base_url: url, public_key: 'p', secret_key: 's' }),
  posthog: (endpoint) => ({ endpoint, api_key: 'k' }),
  clickhouse: (host) => ({ host }),
  s3: (endpoint) => ({ endpoint, bucket_name: 'traces', access_key_id: 'a', secret_access_key: 's' }),
}

describe.each(Object.entries(destinations))('the destination %s is sick', (type, settings) => {
  test('requests are answered, and what is dropped is counted', async () => {
    const hanging: Server = createServer(() => {})
    hanging.listen(0, '127.0.0.1')
    await once(hanging, 'listening')
    const address = hanging.address()
    const hangs = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const refusing = await startReceiver()
    refusing.status = 403
    const broadcast = [
      { type, name: 'hangs', ...settings(hangs) },
      { type, name: 'refuses', ...settings(refusing.url) },
      { type, name: 'away', ...settings('http://127.0.0.1:1') },
    ]
    const gateway = await startGateway({ broadcast, telemetry: { metrics: true } })
    for (let index = 0; index < 5; index++) {
      expect((await gateway.chat({ model: 'acme/m1' })).status).toBe(200)
    }
    await refusing.until(1)
    // What was refused is not sent again: it is counted once its answer is read.
    let metrics = ''
    while (!metrics.includes('waygate_telemetry_dropped_total')) {
      metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    }
    expect(metrics).toMatch(new RegExp(`waygate_telemetry_dropped_total\\{what="broadcast ${type}"\\} \\d`))
    expect(metrics).toContain(`waygate_telemetry_queued{what="broadcast ${type}"}`)
    await gateway.close()
    expect(gateway.log.join('\n')).toMatch(/traces for the destination \\"hangs\\" are dropped: /)
    hanging.closeAllConnections()
    hanging.close()
    await refusing.close()
  })
})
