import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scriptedUpstream } from '../../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

let gateway: TestGateway
let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
/** Each request that reached the upstream: whether it asked for the usage of its stream. */
let asked: boolean[] = []
let refusal: object | null = null

const chunks = [
  { id: 'x', choices: [{ index: 0, delta: { role: 'assistant', content: 'Yes.' }, finish_reason: null }] },
  { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
]
const text = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')

beforeAll(async () => {
  upstream = await scriptedUpstream(() => {
    const options = upstream.asked()['stream_options'] !== undefined
    asked.push(options)
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
  asked = []
  refusal = null
})

const streamed = async (provider: string, more: object = {}) => {
  const body = { model: `house/${provider}`, messages: [{ role: 'user', content: 'hi' }], stream: true, ...more }
  const response = await gateway.chat(body)
  return { status: response.status, text: await response.text() }
}

/** As strict servers word it: FastAPI's list, and a sentence. */
const wordings = {
  strict: {
    detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
  },
  'strict-text': { error: { message: 'Unknown field stream_options.', type: 'invalid_request_error' } },
}

describe('issue 11.11: a server that refuses `stream_options`', () => {
  test.each(Object.entries(wordings))(
    '%s: is asked again without it, and from then on at once',
    async (slug, words) => {
      refusal = words
      expect(await streamed(slug)).toMatchObject({ status: 200, text: expect.stringContaining('Yes.') })
      expect(asked).toEqual([true, false])
      expect((await streamed(slug)).status).toBe(200)
      expect(asked).toEqual([true, false, false])
    },
  )

  test('is asked again behind the echo of the first request too', async () => {
    refusal = wordings.strict
    const reply = await streamed('echoing', { debug: { echo_upstream_body: true } })
    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('Yes.') })
    expect(asked).toEqual([true, false])
  })

  test('is not asked again once it is known to take the field, nor for another reason', async () => {
    refusal = { error: { message: 'Unknown field weather.' } }
    expect((await streamed('lenient')).status).toBe(422)
    expect(asked).toEqual([true])
    refusal = null
    expect((await streamed('lenient')).status).toBe(200)
    refusal = wordings.strict
    expect((await streamed('lenient')).status).toBe(422)
    expect(asked).toEqual([true, true, true])
  })

  test('never gets the field where the configuration says so', async () => {
    refusal = wordings.strict
    expect((await streamed('told')).status).toBe(200)
    expect(asked).toEqual([false])
  })
})
