import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { mediaModel, type MediaGateway, startMediaGateway, vendorModel } from '../acceptance/media-gateway.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const pngUrl = `data:image/png;base64,${png.toString('base64')}`

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/scribe': mediaModel('transcription', { audio_second: 0.0001 }, 'steady'),
      'acme/painter': vendorModel('image', 'openai', 'steady', { output_image: 0.04 }),
    },
    ['openai'],
    { limits: { body_mb: 1 } },
  )
})
afterAll(() => gateway.close())
beforeEach(() => gateway.vendors.clearJournal())

type Surface = readonly [path: string, usual: readonly (readonly [name: string, value: string])[], file: string]

const surfaces: readonly Surface[] = [
  ['/api/v1/audio/transcriptions', [['model', 'acme/scribe']], 'file'],
  [
    '/api/v1/images/edits',
    [
      ['model', 'acme/painter'],
      ['prompt', 'brighter'],
    ],
    'image',
  ],
]

/** Sends the form of a surface with fields more. */
async function send(
  [path, usual, file]: Surface,
  fields: readonly (readonly [name: string, value: string])[],
  headers: Readonly<Record<string, string>> = {},
) {
  const form = new FormData()
  for (const [name, value] of [...usual, ...fields]) form.append(name, value)
  form.append(file, new Blob([new Uint8Array(png)], { type: 'image/png' }), 'a.png')
  const reply = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, ...headers },
    body: form,
  })
  return { status: reply.status, message: messageIn(await reply.json()) }
}

const messageIn = (body: unknown): unknown =>
  isObject(body) && isObject(body['error']) ? body['error']['message'] : null

describe.each(surfaces)('%s', (...surface) => {
  test.each(['trace', 'provider'])('JSON that nests too deep in %s is a 400', async (name) => {
    for (const depth of [129, 100_000]) {
      const value = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
      expect(await send(surface, [[name, value]])).toEqual({
        status: 400,
        message: 'The request body nests deeper than 128 levels.',
      })
    }
  })

  test.each(['keyterms', 'models', 'timestamp_granularities[]'])(
    'a list that nests too deep in %s is a 400, also where the surface has no such field',
    async (name) => {
      const value = '['.repeat(100_000) + ']'.repeat(100_000)
      expect(await send(surface, [[name, value]])).toEqual({
        status: 400,
        message: 'The request body nests deeper than 128 levels.',
      })
    },
  )

  test('JSON in a field may nest as deep as a body', async () => {
    const value = '{"a":'.repeat(100) + '1' + '}'.repeat(100)
    expect((await send(surface, [['trace', value]])).status).toBe(200)
  })

  test('a boundary that is too long is a 400 that says so', async () => {
    const headers = { 'content-type': `multipart/form-data; boundary=${'b'.repeat(201)}` }
    expect(await send(surface, [], headers)).toEqual({
      status: 400,
      message: 'The form has a boundary of more than 200 characters in its content-type.',
    })
  })
})

describe('a body has an end, also where none of it is kept', () => {
  const boundary = '--x\r\n'
  const flood = (text: string, megabytes: number): Buffer => Buffer.alloc(megabytes * 1_000_000, text)
  test.each([
    ['before the first part', '/api/v1/audio/transcriptions', 'multipart/form-data; boundary=x', [flood('y', 30)]],
    ['before the first part', '/api/v1/images/edits', 'multipart/form-data; boundary=x', [flood('y', 6)]],
    [
      'after the last part',
      '/api/v1/images/edits',
      'multipart/form-data; boundary=x',
      [`${boundary}content-disposition: form-data; name="a"\r\n\r\n1\r\n--x--`, flood('y', 6)],
    ],
    [
      'in audio that is line ends alone',
      '/api/v1/audio/transcriptions',
      'application/json',
      ['{"model":"acme/scribe","input_audio":{"data":"', flood('\\n', 51), '"}}'],
    ],
  ])('%s: %s', async (_, path, type, pieces) => {
    const reply = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': type },
      body: Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
    })
    expect(reply.status).toBe(413)
    expect(messageIn(await reply.json())).toMatch(/^The request body is larger than \d+ bytes\.$/)
  })
})

describe('what a client names in JSON stays in its place of the form that a provider gets', () => {
  const edit = (fields: Readonly<Record<string, unknown>>): Promise<Response> =>
    gateway.post('/api/v1/images/edits', {
      model: 'acme/painter',
      prompt: 'brighter',
      images: [{ image_url: pngUrl }],
      ...fields,
    })

  test.each(['images', 'mask'])('a media type with line ends is none, in %s', async (name) => {
    const reference = { image_url: `data:image/png\r\nx-more: 1\r\n\r\nmore;base64,${png.toString('base64')}` }
    const reply = await edit({ [name]: name === 'images' ? [reference] : reference })
    expect(reply.status).toBe(400)
    expect(messageIn(await reply.json())).toMatch(/image_url must be an image, not text\/plain\.$/)
    expect(gateway.vendors.journal()).toEqual([])
  })

  test('an empty image is a 400', async () => {
    const reply = await edit({ images: [{ image_url: 'data:image/png;base64,' }] })
    expect(reply.status).toBe(400)
    expect(messageIn(await reply.json())).toBe('images[0].image_url is empty.')
  })

  test.each(['n[]', 'n[0]', ' n'])('a field %j makes no more images than were asked and held for', async (name) => {
    const reply = await edit({ [name]: 9, quirk: 'stays' })
    expect(reply.status).toBe(200)
    const [call] = gateway.vendors.journal()
    expect(call?.body).toMatchObject({ model: 'steady', quirk: 'stays' })
    expect(Object.keys(Object(call?.body))).not.toContain(name)
    expect(Object(await reply.json())).toMatchObject({ data: [{}], usage: { cost: 0.04 } })
  })
})
