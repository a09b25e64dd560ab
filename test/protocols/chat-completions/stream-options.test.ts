import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scriptedUpstream } from '../../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

let gateway: TestGateway
let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
/** For each request that reached the upstream: whether it requested the usage of its stream. */
let usageRequested: boolean[] = []
let refusal: object | null = null

const chunks = [
  { id: 'x', choices: [{ index: 0, delta: { role: 'assistant', content: 'Yes.' }, finish_reason: null }] },
  { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
]
const text = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')

beforeAll(async () => {
  upstream = await scriptedUpstream(() => {
    const options = upstream.lastRequest()['stream_options'] !== undefined
    usageRequested.push(options)
    return options && refusal !== null ? { status: 422, body: refusal } : { body: text }
  })
  const own = ['strict', 'strict-text', 'lenient', 'told', 'echoing']
  gateway = await startGateway({
    providers: Object.fromEntries(
      [...own, 'mistral', 'prov-a', 'prov-b', 'prov-c'].map((slug) => [
        slug,
        { base_url: upstream.url, api_key: 'k', ...(slug === 'told' && { stream_options: false }) },
      ]),
    ),
    models: Object.fromEntries(
      own.map((provider) => [
        `house/${provider}`,
        { endpoints: [{ provider, model: 'm', pricing: { prompt: 1, completion: 2 } }] },
      ]),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  usageRequested = []
  refusal = null
})

const streamed = async (provider: string, more: object = {}) => {
  const body = { model: `house/${provider}`, messages: [{ role: 'user', content: 'hi' }], stream: true, ...more }
  const response = await gateway.chat(body)
  return { status: response.status, text: await response.text() }
}

/** The errors of strict servers: FastAPI's list, and a sentence. */
const wordings = {
  strict: {
    detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
  },
  'strict-text': { error: { message: 'Unknown field stream_options.', type: 'invalid_request_error' } },
}

describe('a server that refuses `stream_options`', () => {
  test.each(Object.entries(wordings))(
    '%s: the call is repeated without it, and later calls omit it at once',
    async (slug, words) => {
      refusal = words
      expect(await streamed(slug)).toMatchObject({ status: 200, text: expect.stringContaining('Yes.') })
      expect(usageRequested).toEqual([true, false])
      expect((await streamed(slug)).status).toBe(200)
      expect(usageRequested).toEqual([true, false, false])
    },
  )

  test('the call is also repeated when the error echoes the request', async () => {
    refusal = wordings.strict
    const reply = await streamed('echoing', { debug: { echo_upstream_body: true } })
    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('Yes.') })
    expect(usageRequested).toEqual([true, false])
  })

  test('the call is not repeated once the field was accepted, nor for another reason', async () => {
    refusal = { error: { message: 'Unknown field weather.' } }
    expect((await streamed('lenient')).status).toBe(422)
    expect(usageRequested).toEqual([true])
    refusal = null
    expect((await streamed('lenient')).status).toBe(200)
    refusal = wordings.strict
    expect((await streamed('lenient')).status).toBe(422)
    expect(usageRequested).toEqual([true, true, true])
  })

  test('the field is never sent where the configuration forbids it', async () => {
    refusal = wordings.strict
    expect((await streamed('told')).status).toBe(200)
    expect(usageRequested).toEqual([false])
  })
})
