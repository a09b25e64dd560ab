import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { testKey } from '../gateway.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const each = { output_image: 0.04 }
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

interface Reply {
  readonly created: number
  readonly data: readonly { readonly b64_json: string; readonly media_type?: string }[]
  readonly usage: { readonly cost: number }
  readonly error: {
    readonly message: string
    readonly metadata: { readonly issues?: unknown }
    readonly availability?: { readonly code: string }
  }
}

interface ImageEvent {
  readonly type: string
  readonly partial_image_index?: number
  readonly usage?: { readonly cost: number }
  readonly error?: unknown
}

const limitedKey = 'sk-or-v1-test-key-with-a-limit'

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/painter': mediaModel('image', each, 'steady'),
      'acme/second': mediaModel('image', each, 'status-503', 'steady'),
      'acme/cut': mediaModel('image', each, 'cut-after-0', 'steady'),
      'acme/empty': mediaModel('image', each, 'empty'),
      'acme/writer': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 } }] },
      'acme/openai': vendorModel('image', 'openai', 'usage-423-2112', { prompt: 5, image_token: 10, image_output: 40 }),
      'acme/openai-cut': vendorModel('image', 'openai', 'cut-after-1', each),
      'acme/xai': vendorModel('image', 'xai', 'steady', each),
      'acme/together': vendorModel('image', 'together', 'steady', each),
      'acme/fireworks': vendorModel('image', 'fireworks', 'steady', each),
      'acme/imagen': vendorModel('image', 'google-ai-studio', 'imagen-4', each),
      'acme/gemini': {
        output_modalities: ['text', 'image'],
        input_modalities: ['text', 'image'],
        endpoints: [
          { provider: 'google-ai-studio', model: 'image', pricing: { prompt: 0.3, completion: 2.5, image_output: 30 } },
        ],
      },
      'acme/gemini-refuses': vendorModel('image', 'google-ai-studio', 'no-image+finish-SAFETY', { prompt: 0.3 }),
      'acme/gemini-text': {
        output_modalities: ['text', 'image'],
        endpoints: [{ provider: 'google-ai-studio', model: 'no-image', pricing: { prompt: 0.3, completion: 2.5 } }],
      },
    },
    ['openai', 'xai', 'together', 'fireworks', 'google-ai-studio'],
    {
      keys: [
        { name: 'test', key: testKey },
        { name: 'limited', key: limitedKey, limit: 0.05 },
      ],
    },
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

const ask = async (fields: Readonly<Record<string, unknown>>, path = '/api/v1/images') => {
  const reply = await gateway.post(path, { prompt: 'A lighthouse', ...fields })
  const body: Reply = JSON.parse(await reply.text())
  return { status: reply.status, headers: reply.headers, body }
}
const sent = () => [...gateway.simulator.journal(), ...gateway.vendors.journal()]
const sentBody = (index = 0): Readonly<Record<string, unknown>> => {
  const body = sent()[index]?.body
  return isObject(body) ? body : {}
}
const generation = (id: string | null) => recordOf(gateway, id)

test('images in Base64, with their type and their cost', async () => {
  const { status, headers, body } = await ask({ model: 'acme/painter', n: 2 })
  expect(status).toBe(200)
  expect(body.data).toHaveLength(2)
  for (const image of body.data) {
    expect(image.media_type).toBe('image/png')
    expect(Buffer.from(image.b64_json, 'base64').subarray(1, 4).toString()).toBe('PNG')
  }
  expect(body.created).toBeGreaterThan(1_700_000_000)
  expect(body.usage.cost).toBe(0.08)
  const record = await generation(headers.get('x-generation-id'))
  expect(record).toMatchObject({ api_type: 'image', model: 'acme/painter', total_cost: 0.08, streamed: false })
})

test('the address of OpenAI’s clients does the same', async () => {
  const { status, body } = await ask({ model: 'acme/painter', response_format: 'b64_json' }, '/v1/images/generations')
  expect(status).toBe(200)
  expect(body.data).toHaveLength(1)
})

test('tokens of text, of images and of the answer are priced apart', async () => {
  // 100 words of text and one reference of 323 tokens; two images of 1,056 tokens each.
  const { body } = await ask({
    model: 'acme/openai',
    n: 2,
    input_references: [{ type: 'image_url', image_url: { url: png } }],
  })
  expect(body.usage).toMatchObject({
    prompt_tokens: 423,
    completion_tokens: 2112,
    input_tokens: 423,
    output_tokens: 2112,
  })
  // 100 × 5 + 323 × 10 + 2,112 × 40 USD per million.
  expect(body.usage.cost).toBe(0.08821)
})

test('an endpoint that fails before its images is followed by the next', async () => {
  for (const model of ['acme/second', 'acme/cut']) {
    const { status, headers, body } = await ask({ model })
    expect(status, model).toBe(200)
    expect(body.usage.cost).toBe(0.04)
    expect((await generation(headers.get('x-generation-id'))).provider_responses).toHaveLength(2)
  }
})

test('a limit of a key is held to before the provider is called', async () => {
  const asked = async (n: number) => {
    const body = { model: 'acme/painter', prompt: 'A lighthouse', n }
    const reply = await gateway.post('/api/v1/images', body, { authorization: `Bearer ${limitedKey}` })
    await reply.arrayBuffer()
    return reply.status
  }
  // Two images are 0.08 USD of 0.05; after one, 0.01 is left.
  expect(await asked(2)).toBe(403)
  expect(sent()).toEqual([])
  expect(await asked(1)).toBe(200)
  expect(await asked(1)).toBe(403)
})

test('images are not kept by the response cache', async () => {
  const headers = { 'x-openrouter-cache': 'true' }
  for (let round = 1; round <= 2; round++) {
    const reply = await gateway.post('/api/v1/images', { model: 'acme/painter', prompt: 'The same' }, headers)
    expect(reply.headers.get('x-openrouter-cache-status')).toBeNull()
    expect(JSON.parse(await reply.text())).toMatchObject({ data: [{ media_type: 'image/png' }] })
    expect(sent()).toHaveLength(round)
  }
})

test('a reply without images is a 502 and costs nothing', async () => {
  const { status, headers, body } = await ask({ model: 'acme/empty' })
  expect(status).toBe(502)
  expect(body.error.message).toContain('no image')
  expect(await generation(headers.get('x-generation-id'))).toMatchObject({ total_cost: 0 })
})

describe('what is not valid is a 400 that says where', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['prompt', { prompt: '' }],
    ['n', { n: 11 }],
    ['n', { n: 0 }],
    ['size', { size: 'large' }],
    ['resolution', { size: '1024x1024', resolution: '4K' }],
    ['aspect_ratio', { size: '1024x1024', aspect_ratio: '16:9' }],
    ['aspect_ratio', { aspect_ratio: '6:7' }],
    ['quality', { quality: 'best' }],
    ['output_compression', { output_compression: 101 }],
    [
      'input_references',
      { input_references: Array.from({ length: 17 }, () => ({ type: 'image_url', image_url: { url: png } })) },
    ],
    ['response_format', { response_format: 'url' }],
    ['provider', { provider: { colour: 'red' } }],
  ]
  test.each(cases)('%s', async (path, fields) => {
    const { status, body } = await ask({ model: 'acme/painter', ...fields })
    expect(status).toBe(400)
    expect(JSON.stringify(body.error.metadata.issues)).toContain(path)
    expect(sent()).toEqual([])
  })
})

test('a size in pixels that agrees with its resolution and ratio is accepted', async () => {
  const { status } = await ask({ model: 'acme/painter', size: '1536x1024', aspect_ratio: '3:2', resolution: '1K' })
  expect(status).toBe(200)
})

test('a model that makes no images is told so, and an image model at chat likewise', async () => {
  const images = await ask({ model: 'acme/writer' })
  expect(images.status).toBe(400)
  expect(images.body.error.availability?.code).toBe('wrong_endpoint')
  const chat = await gateway.chat({ model: 'acme/painter' })
  expect(chat.status).toBe(400)
  expect(await chat.json()).toMatchObject({ error: { availability: { code: 'wrong_endpoint' } } })
})

describe('each vendor is asked in its own words', () => {
  test('OpenAI: the nearest of its sizes, and forms for references', async () => {
    await ask({ model: 'acme/openai', aspect_ratio: '16:9', quality: 'max', output_format: 'webp', future_field: 1 })
    expect(sentBody()).toEqual({
      model: 'usage-423-2112',
      prompt: 'A lighthouse',
      size: '1536x1024',
      quality: 'high',
      output_format: 'webp',
      future_field: 1,
    })
    await ask({ model: 'acme/openai', input_references: [{ type: 'image_url', image_url: { url: png } }] })
    expect(sent()[1]?.path).toBe('/openai/v1/images/edits')
    expect(sentBody(1)).toMatchObject({ prompt: 'A lighthouse', image: [{ type: 'image/png', bytes: 70 }] })
  })

  test('xAI: a ratio, a resolution in small letters, and references in JSON', async () => {
    await ask({
      model: 'acme/xai',
      size: '2048x2048',
      input_references: [{ type: 'image_url', image_url: { url: png } }],
    })
    expect(sent()[0]?.path).toBe('/xai/v1/images/edits')
    expect(sentBody()).toMatchObject({
      aspect_ratio: '1:1',
      resolution: '2k',
      response_format: 'b64_json',
      image: { type: 'image_url', url: png },
    })
  })

  test('Together: width and height, and more than four images in several calls', async () => {
    const { body } = await ask({ model: 'acme/together', n: 5, resolution: '1K', aspect_ratio: '4:3', seed: 7 })
    expect(body.data).toHaveLength(5)
    expect(body.usage.cost).toBe(0.2)
    expect(
      sent()
        .map((entry) => isObject(entry.body) && entry.body['n'])
        .toSorted((one, other) => Number(one) - Number(other)),
    ).toEqual([1, 4])
    expect(sentBody()).toMatchObject({ width: 1184, height: 880, response_format: 'base64', seed: 7 })
  })

  test('Fireworks: one image a call', async () => {
    const { status, body } = await ask({ model: 'acme/fireworks', n: 2, aspect_ratio: '16:9' })
    expect(status).toBe(200)
    expect(body.data).toHaveLength(2)
    expect(sent().map(({ path }) => path)).toEqual(
      Array.from({ length: 2 }, () => '/fireworks/v1/workflows/steady/text_to_image'),
    )
    expect(sentBody()).toEqual({ prompt: 'A lighthouse', aspect_ratio: '16:9' })
  })

  test('Imagen', async () => {
    const { body } = await ask({ model: 'acme/imagen', n: 3, size: '2K' })
    expect(body.data).toHaveLength(3)
    expect(sent()[0]?.path).toBe('/google-ai-studio/v1/models/imagen-4:predict')
    expect(sentBody()).toEqual({
      instances: [{ prompt: 'A lighthouse' }],
      parameters: { sampleCount: 3, imageSize: '2K' },
    })
  })

  test('Gemini: a chat whose answer is an image', async () => {
    const { status, body } = await ask({
      model: 'acme/gemini',
      n: 2,
      aspect_ratio: '16:9',
      input_references: [{ type: 'image_url', image_url: { url: png } }],
    })
    expect(status).toBe(200)
    expect(body.data).toHaveLength(2)
    expect(sent()).toHaveLength(2)
    expect(sentBody()).toMatchObject({
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '16:9' } },
    })
    expect(body.usage.cost).toBeGreaterThan(0)
  })

  test('Gemini that answers in words is a 502', async () => {
    const { status, body } = await ask({ model: 'acme/gemini-text' })
    expect(status).toBe(502)
    expect(body.error.message).toContain('without an image')
  })

  test('Gemini that refuses is a 400', async () => {
    const { status, body } = await ask({ model: 'acme/gemini-refuses' })
    expect(status).toBe(400)
    expect(body.error.message).toContain('refused to make an image of this')
  })
})

describe('streams', () => {
  const events = async (body: Readonly<Record<string, unknown>>) => {
    const reply = await gateway.post('/api/v1/images', { prompt: 'A lighthouse', stream: true, ...body })
    const text = await reply.text()
    const data = text.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []))
    const parsed: readonly ImageEvent[] = data.slice(0, -1).map((json) => JSON.parse(json))
    return { reply, last: data.at(-1), events: parsed }
  }

  test('unfinished images, then each image, the usage with the last', async () => {
    const { reply, last, events: seen } = await events({ model: 'acme/openai', n: 2, partial_images: 2 })
    expect(reply.headers.get('content-type')).toContain('text/event-stream')
    expect(last).toBe('[DONE]')
    expect(seen.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
      'image_generation.completed',
    ])
    expect(seen.map((event) => event.partial_image_index)).toEqual([0, 1, undefined, undefined])
    expect(seen[2]?.usage).toBeUndefined()
    expect(seen[3]).toMatchObject({ media_type: 'image/png', usage: { completion_tokens: 2112 } })
    expect(seen[3]?.usage?.cost).toBe(0.086595)
  })

  test('a provider that streams none is shown as one event for each image', async () => {
    const { last, events: seen } = await events({ model: 'acme/painter' })
    expect(last).toBe('[DONE]')
    expect(seen).toMatchObject([{ type: 'image_generation.completed', usage: { cost: 0.04 } }])
  })

  test('a stream that breaks off ends in an error, and costs nothing', async () => {
    const { reply, last, events: seen } = await events({ model: 'acme/openai-cut', partial_images: 2 })
    expect(last).toBe('[DONE]')
    expect(seen.map(({ type }) => type)).toEqual(['image_generation.partial_image', 'error'])
    expect(seen[1]?.error).toMatchObject({ code: '502', message: expect.any(String) })
    expect(await generation(reply.headers.get('x-generation-id'))).toMatchObject({ total_cost: 0 })
  })
})

test('an address inside the operator’s network is refused before anything is sent', async () => {
  for (const url of ['http://127.0.0.1:1/a.png', 'http://169.254.169.254/latest', 'file:///etc/passwd']) {
    const { status, body } = await ask({
      model: 'acme/openai',
      input_references: [{ type: 'image_url', image_url: { url } }],
    })
    expect(status, url).toBe(400)
    expect(JSON.stringify(body)).toContain('input_references[0].image_url.url')
    expect(JSON.stringify(body)).not.toContain(url)
  }
  expect(sent()).toEqual([])
})

test('the image models, and the endpoints of one', async () => {
  const list: { readonly data: readonly { readonly id: string }[] } = JSON.parse(
    await (await gateway.get('/api/v1/images/models')).text(),
  )
  const openai = list.data.find(({ id }) => id === 'acme/openai')
  expect(openai).toMatchObject({
    supports_streaming: true,
    endpoints: '/api/v1/images/models/acme/openai/endpoints',
    supported_parameters: { n: { type: 'range', min: 1, max: 10 }, quality: { type: 'enum' } },
  })
  expect(list.data.map(({ id }) => id)).not.toContain('acme/writer')
  const endpoints = await (await gateway.get('/api/v1/images/models/acme/openai/endpoints')).json()
  expect(endpoints).toMatchObject({
    id: 'acme/openai',
    endpoints: [
      {
        provider_slug: 'openai',
        provider_tag: null,
        allowed_passthrough_parameters: [],
        pricing: [
          { billable: 'output_image', unit: 'token', cost_usd: 0.00004 },
          { billable: 'input_text', unit: 'token', cost_usd: 0.000005 },
          { billable: 'input_image', unit: 'token', cost_usd: 0.00001 },
        ],
      },
    ],
  })
  expect((await gateway.get('/api/v1/images/models/acme/writer/endpoints')).status).toBe(404)
})
