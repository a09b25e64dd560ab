import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { innocentJson } from '../arbitraries/innocent-json.ts'
import { isObject } from '../../src/util/json.ts'
import { mediaModel, type MediaGateway, startMediaGateway } from '../acceptance/media-gateway.ts'

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway({
    'acme/painter': mediaModel('image', { output_image: 0.04 }, 'steady'),
    'acme/voice': mediaModel('speech', { character: 15 }, 'steady'),
    'acme/scribe': mediaModel('transcription', { audio_second: 0.0001 }, 'steady'),
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

type Json = Readonly<Record<string, unknown>>
const lastBody = (): Json => {
  const body = gateway.simulator.journal().at(-1)?.body
  return isObject(body) ? body : {}
}
const status = async (path: string, body: unknown): Promise<number> => {
  const reply = await gateway.post(`/api/v1${path}`, body)
  await reply.arrayBuffer()
  return reply.status
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 })

test('valid bodies for images reach an upstream of OpenAI’s form unharmed', () =>
  fc.assert(
    fc.asyncProperty(
      text,
      fc.record(
        {
          n: fc.integer({ min: 1, max: 10 }),
          size: fc
            .tuple(fc.integer({ min: 64, max: 4096 }), fc.integer({ min: 64, max: 4096 }))
            .map((side) => side.join('x')),
          quality: fc.constantFrom('auto', 'low', 'medium', 'high', 'xhigh', 'max'),
          output_format: fc.constantFrom('png', 'jpeg', 'webp', 'svg'),
          background: fc.constantFrom('auto', 'transparent', 'opaque'),
          output_compression: fc.integer({ min: 0, max: 100 }),
          seed: fc.integer(),
          future_field: innocentJson.filter((value) => value !== null),
        },
        { requiredKeys: [] },
      ),
      async (prompt, fields) => {
        expect(await status('/images', { model: 'acme/painter', prompt, ...fields })).toBe(200)
        const { model: _, response_format: __, ...sent } = lastBody()
        expect(sent).toEqual(JSON.parse(JSON.stringify({ prompt, ...fields })))
      },
    ),
    { numRuns: 60 },
  ))

test('valid bodies for speech reach an upstream of OpenAI’s form unharmed', () =>
  fc.assert(
    fc.asyncProperty(
      text.filter((words) => words.trim() !== ''),
      fc.record(
        {
          voice: fc.string({ minLength: 1, maxLength: 40 }),
          response_format: fc.constantFrom('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
          speed: fc.double({ min: 0.25, max: 4, noNaN: true }),
          instructions: text,
          future_field: innocentJson.filter((value) => value !== null),
        },
        { requiredKeys: ['response_format', 'voice'] },
      ),
      async (input, fields) => {
        expect(await status('/audio/speech', { model: 'acme/voice', input, ...fields })).toBe(200)
        const { model: _, ...sent } = lastBody()
        expect(sent).toEqual(JSON.parse(JSON.stringify({ input, ...fields })))
      },
    ),
    { numRuns: 60 },
  ))

test('any form reaches the provider with the bytes of its file', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 100_000 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      async (bytes, name) => {
        const form = new FormData()
        form.append('model', 'acme/scribe')
        form.append('file', new Blob([new Uint8Array(bytes)]), name)
        form.append('prompt', name)
        const reply = await fetch(`${gateway.url}/api/v1/audio/transcriptions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${gateway.key}` },
          body: form,
        })
        await reply.arrayBuffer()
        expect(reply.status).toBe(200)
        expect(lastBody()['file']).toMatchObject({ bytes: bytes.length })
      },
    ),
    { numRuns: 60 },
  ))

test('whatever the body is, the answer is a 2xx or a 4xx, and comes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom('/images', '/images/generations', '/images/edits', '/audio/speech', '/audio/transcriptions'),
      fc.dictionary(
        fc.constantFrom(
          ...'model prompt n size resolution aspect_ratio quality input input_audio input_references response_format'.split(
            ' ',
          ),
          ...'images mask voice speed language diarize keyterms timestamp_granularities provider trace stream seed user'.split(
            ' ',
          ),
        ),
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom('acme/painter', 'acme/voice', 'acme/scribe', '1024x1024', 'verbose_json', true, 1),
        ),
      ),
      async (path, body) => {
        const answered = await status(path, body)
        expect(answered === 200 || (answered >= 400 && answered < 500)).toBe(true)
      },
    ),
    { numRuns: 200 },
  ))

test('whatever the bytes of a form are, the answer is a 2xx or a 4xx, and comes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.constantFrom(
            '--x',
            '\r\n',
            '--',
            'content-disposition: form-data; name="file"; filename="a"',
            'content-disposition: form-data; name="image[]"; filename="a"',
            'name="',
            '\r\n\r\n',
          ),
          fc.string({ unit: 'binary', maxLength: 30 }),
        ),
        { maxLength: 30 },
      ),
      fc.constantFrom('/audio/transcriptions', '/images/edits'),
      async (pieces, path) => {
        const reply = await fetch(`${gateway.url}/api/v1${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'multipart/form-data; boundary=x' },
          body: pieces.join(''),
        })
        await reply.arrayBuffer()
        expect(reply.status).toBeGreaterThanOrEqual(400)
        expect(reply.status).toBeLessThan(500)
      },
    ),
    { numRuns: 200 },
  ))
