import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { testKey } from '../gateway.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const each = { output_image: 0.04 }
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const pngUrl = `data:image/png;base64,${png.toString('base64')}`
const bodyLimit = 1_000_000

interface Reply {
  readonly data: readonly { readonly b64_json: string }[]
  readonly usage: { readonly cost: number }
  readonly error: { readonly message: string; readonly metadata: { readonly issues?: unknown } }
}

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/painter': mediaModel('image', each, 'steady'),
      'acme/second': mediaModel('image', each, 'status-503', 'steady'),
      'acme/openai': vendorModel('image', 'openai', 'steady', each),
      'acme/xai': vendorModel('image', 'xai', 'steady', each),
      'acme/together': vendorModel('image', 'together', 'steady', each),
      'acme/fireworks': vendorModel('image', 'fireworks', 'steady', each),
      'acme/imagen': vendorModel('image', 'google-ai-studio', 'imagen-4', each),
      'acme/gemini': vendorModel('image', 'google-ai-studio', 'image', each),
    },
    ['openai', 'xai', 'together', 'fireworks', 'google-ai-studio'],
    { limits: { body_mb: 1 } },
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

interface Given {
  readonly bytes: Buffer
  readonly type?: string
  readonly name?: string
}
const fileOf = ({ bytes, type = 'image/png' }: Given) => new Blob([new Uint8Array(bytes)], { type })

/** Asks with a form. A field that is a buffer becomes a file. */
async function ask(fields: readonly (readonly [name: string, value: string | Given])[], path = '/api/v1/images/edits') {
  const form = new FormData()
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, fileOf(value), value.name ?? 'a.png')
  }
  const headers = { authorization: `Bearer ${testKey}` }
  const reply = await fetch(gateway.url + path, { method: 'POST', headers, body: form })
  const body: Reply = JSON.parse(await reply.text())
  return { status: reply.status, id: reply.headers.get('x-generation-id'), body }
}
const sent = () => [...gateway.simulator.journal(), ...gateway.vendors.journal()]
const sentBody = (): Readonly<Record<string, unknown>> => {
  const body = sent()[0]?.body
  return isObject(body) ? body : {}
}
const image = { bytes: png }
const usual = (model = 'acme/painter') =>
  [
    ['model', model],
    ['prompt', 'In the evening'],
  ] as const
const fingerprint = { type: 'image/png', bytes: 70, sha256: createHash('sha256').update(png).digest('hex') }

test('a form is the same request as JSON, and its fields reach an upstream of OpenAI’s form', async () => {
  const { status, id, body } = await ask([
    ...usual(),
    ['image', image],
    ['n', '2'],
    ['size', '1024x1536'],
    ['quality', 'low'],
    ['output_format', 'webp'],
    ['output_compression', '40'],
    ['background', 'opaque'],
    ['input_fidelity', 'high'],
    ['provider', '{"only":["prov-a"]}'],
  ])
  expect(status).toBe(200)
  expect(body.data).toHaveLength(2)
  expect(body.usage.cost).toBe(0.08)
  expect(sent()[0]?.path).toBe('/prov-a/v1/images/edits')
  expect(sentBody()).toEqual({
    model: 'steady',
    prompt: 'In the evening',
    image: [{ name: '0.png', ...fingerprint }],
    n: '2',
    size: '1024x1536',
    quality: 'low',
    output_format: 'webp',
    output_compression: '40',
    background: 'opaque',
    input_fidelity: 'high',
    response_format: 'b64_json',
  })
  expect(await recordOf(gateway, id)).toMatchObject({ api_type: 'image', total_cost: 0.08, finish_reason: 'stop' })
})

test('JSON in OpenAI’s words, and the alias of the address', async () => {
  const images = [{ image_url: pngUrl }, { image_url: pngUrl }]
  const request = { model: 'acme/painter', prompt: 'In the evening', images, mask: { image_url: pngUrl } }
  for (const base of ['/api/v1', '/v1']) {
    gateway.simulator.clearJournal()
    const reply = await gateway.post(`${base}/images/edits`, request)
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ data: [{ media_type: 'image/png' }] })
    expect(sentBody()).toMatchObject({ image: [fingerprint, fingerprint], mask: { name: 'mask.png', ...fingerprint } })
    expect(Object.keys(sentBody())).not.toContain('images')
  }
})

test('the files are sent to the next endpoint, where the first one fails', async () => {
  const { status, id } = await ask([...usual('acme/second'), ['image[]', image], ['image[]', image], ['mask', image]])
  expect(status).toBe(200)
  expect(sent().map(({ body }) => isObject(body) && body['image'])).toMatchObject([
    [fingerprint, fingerprint],
    [fingerprint, fingerprint],
  ])
  expect((await recordOf(gateway, id)).provider_responses.map((response) => response.status)).toEqual([503, 200])
})

test('a file is what its bytes say, whatever the client calls it', async () => {
  for (const type of ['', 'application/octet-stream', 'image/jpeg']) {
    gateway.simulator.clearJournal()
    const { status } = await ask([...usual(), ['image', { bytes: png, type, name: 'photo' }]])
    expect(status, type).toBe(200)
    expect(sentBody()['image']).toEqual([{ name: '0.png', ...fingerprint }])
  }
})

test('a stream has the events of edits', async () => {
  const form = new FormData()
  for (const [name, value] of [...usual('acme/openai'), ['stream', 'true'], ['partial_images', '1']] as const) {
    form.append(name, value)
  }
  form.append('image', fileOf(image), 'a.png')
  const headers = { authorization: `Bearer ${testKey}` }
  const reply = await fetch(`${gateway.url}/api/v1/images/edits`, { method: 'POST', headers, body: form })
  const frames = (await reply.text()).split('\n\n').flatMap((frame) => (frame ? [frame.slice('data: '.length)] : []))
  expect(frames.at(-1)).toBe('[DONE]')
  expect(frames.slice(0, -1).map((frame) => JSON.parse(frame))).toMatchObject([
    { type: 'image_edit.partial_image', partial_image_index: 0 },
    { type: 'image_edit.completed', created_at: expect.any(Number), usage: { cost: 0.04 } },
  ])
  expect(sentBody()).toMatchObject({ stream: 'true', partial_images: '1' })
})

describe('what is not valid is a 400 that says where', () => {
  const pdf = { bytes: Buffer.from('%PDF-1.7 not an image'), type: 'image/png' }
  const cases: readonly (readonly [string, readonly (readonly [string, string | Given])[], string])[] = [
    ['no image', [], 'image is required: one file or more in the field image or image[].'],
    ['an image that is a text', [['image', 'https://example.com/a.png']], 'image must be a file.'],
    [
      'a mask that is a text',
      [
        ['image', image],
        ['mask', 'all'],
      ],
      'mask must be a file.',
    ],
    ['an image without bytes', [['image', { bytes: Buffer.of() }]], 'image[0] is empty.'],
    [
      'a second file that is none',
      [
        ['image[]', image],
        ['image[]', { bytes: Buffer.from('Hello'), type: 'text/plain', name: 'a.txt' }],
      ],
      'image[1] must be an image, not text/plain.',
    ],
    ['a document that is called an image', [['image', pdf]], 'image[0] must be an image, not application/pdf.'],
    [
      'a mask that is none',
      [
        ['image', image],
        ['mask', pdf],
      ],
      'mask must be an image, not application/pdf.',
    ],
    ['17 images', Array.from({ length: 17 }, () => ['image[]', image] as const), 'image must be at most 16 files.'],
    [
      'two masks',
      [
        ['image', image],
        ['mask', image],
        ['mask', image],
      ],
      'mask must be one file.',
    ],
    [
      'a file elsewhere',
      [
        ['image', image],
        ['markup', image],
      ],
      'The form has a file in the field "markup": send images as image or image[], and a mask as mask.',
    ],
    [
      'a number that is none',
      [
        ['image', image],
        ['n', 'two'],
      ],
      'n must',
    ],
    [
      'an address in place of images',
      [
        ['image', image],
        ['response_format', 'url'],
      ],
      'response_format must',
    ],
  ]
  test.each(cases)('%s', async (_, fields, message) => {
    const { status, body } = await ask([...usual(), ...fields])
    expect(status).toBe(400)
    expect(body.error.message).toContain(message)
    expect(sent()).toEqual([])
  })

  test('JSON without images, with the id of a file, or with an address in the operator’s network', async () => {
    const asked = async (fields: object) => {
      const reply = await gateway.post('/api/v1/images/edits', { model: 'acme/painter', prompt: 'A boat', ...fields })
      const body: Reply = JSON.parse(await reply.text())
      return { status: reply.status, issues: JSON.stringify(body.error.metadata.issues) }
    }
    const inside = { image_url: 'http://127.0.0.1:1/a.png' }
    for (const [fields, path] of [
      [{}, '"images"'],
      [{ images: [] }, '"images"'],
      [{ images: [{ file_id: 'file-1' }] }, '"images[0].image_url"'],
      [{ images: [{ image_url: 'data:text/plain,hi' }] }, '"images[0].image_url"'],
      [{ images: [inside] }, '"images[0].image_url"'],
      [{ images: [{ image_url: pngUrl }], mask: inside }, '"mask.image_url"'],
    ] as const) {
      const { status, issues } = await asked(fields)
      expect(status, path).toBe(400)
      expect(issues).toContain(path)
    }
    expect(sent()).toEqual([])
  })

  test('files that are larger together than a body may be', async () => {
    const half = { bytes: Buffer.concat([png, Buffer.alloc(bodyLimit * 0.6)]) }
    expect((await ask([...usual(), ['image[]', half]])).status).toBe(200)
    gateway.simulator.clearJournal()
    const { status, body } = await ask([...usual(), ['image[]', half], ['image[]', half]])
    expect(status).toBe(413)
    expect(body.error.message).toMatch(/^The files are larger than \d+ bytes together\.$/)
    expect(sent()).toEqual([])
  })
})

describe('what a vendor cannot do is a 400 that names the field', () => {
  test.each(['acme/xai', 'acme/together', 'acme/gemini'])('%s takes no mask', async (model) => {
    const { status, body } = await ask([...usual(model), ['image', image], ['mask', image]])
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/^mask cannot be met: .* takes none\.$/)
    expect(sent()).toEqual([])
  })

  test.each(['acme/fireworks', 'acme/imagen'])('%s takes no images', async (model) => {
    const { status, body } = await ask([...usual(model), ['image', image]])
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/^images cannot be met: .* takes no images to start from\.$/)
  })

  test('a vendor that takes one image', async () => {
    const { status, body } = await ask([...usual('acme/together'), ['image', image], ['image', image]])
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/^images cannot be met: .* takes one image to start from\.$/)
  })
})

test('variations, which OpenAI has retired, are a 404 that says what to use', async () => {
  for (const base of ['/api/v1', '/v1']) {
    const { status, body } = await ask([...usual(), ['image', image]], `${base}/images/variations`)
    expect(status).toBe(404)
    expect(body.error.message).toContain('OpenAI has retired it: POST /api/v1/images/edits makes a variation')
  }
})
