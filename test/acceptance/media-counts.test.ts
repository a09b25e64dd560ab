import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrayOf } from '../../src/util/json.ts'
import { asObject } from './exchange.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const pricing = { prompt: 1, completion: 2 }
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const sound = Buffer.alloc(64_000, 'sound ').toString('base64')

/** A model of chats at `prov-a` that takes everything. */
const chatModel = (behaviour: string, more: Readonly<Record<string, unknown>> = {}) => ({
  input_modalities: ['text', 'image', 'audio', 'file', 'video'],
  ...more,
  endpoints: [{ provider: 'prov-a', model: behaviour, pricing }],
})

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/m1': chatModel('steady'),
      'acme/painting': chatModel('image', { output_modalities: ['text', 'image'] }),
      'acme/speaking': chatModel('audio', { output_modalities: ['text', 'audio'] }),
      'acme/complete': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing, operations: ['completions'] }] },
      'acme/embed': {
        input_modalities: ['text', 'image'],
        output_modalities: ['embeddings'],
        endpoints: [{ provider: 'cohere', model: 'embed-v4.0', pricing }],
      },
      'acme/rank': {
        input_modalities: ['text', 'image'],
        output_modalities: ['rerank'],
        endpoints: [{ provider: 'prov-a', model: 'steady', pricing }],
      },
      'acme/painter': mediaModel('image', { output_image: 0.04 }, 'status-503', 'steady'),
      'acme/openai': vendorModel('image', 'openai', 'steady', { output_image: 0.04 }),
      'acme/voice': mediaModel('speech', { character: 15 }, 'steady'),
      'acme/mistral': vendorModel('speech', 'mistral', 'steady', { character: 15 }),
      'acme/scribe': mediaModel('transcription', { audio_second: 0.0001 }, 'steady'),
      'acme/two-turns': chatModel('tool-call+image', { output_modalities: ['text', 'image'] }),
      'acme/down': chatModel('status-503'),
    },
    ['openai', 'mistral', 'cohere'],
  )
})
afterAll(() => gateway.close())

/** Asks, and returns what is on record of the media: of the prompt, of the sounds in it, and of the answer. */
async function counts(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const reply = await gateway.post(`/api/v1${path}`, body, headers)
  const text = await reply.text()
  const record = asObject(await recordOf(gateway, reply.headers.get('x-generation-id')))
  const calls = arrayOf(record['provider_responses']).length
  const { num_media_prompt: prompt, num_input_audio_prompt: sounds, num_media_completion: answer } = record
  const cache = reply.headers.get('x-openrouter-cache-status')
  return { status: reply.status, counts: [prompt, sounds, answer], calls, text, cache }
}

const text = { type: 'text', text: 'What is it?' }
const image = { type: 'image_url', image_url: { url: png } }
const audio = { type: 'input_audio', input_audio: { data: sound, format: 'wav' } }
const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjcK' } }
const picture = { type: 'base64', media_type: 'image/png', data: png.slice('data:image/png;base64,'.length) }
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjcK' }
const chat = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] })

const cases: readonly (readonly [name: string, path: string, body: object, counts: readonly number[]])[] = [
  ['a chat of text', '/chat/completions', { model: 'acme/m1', ...chat(text) }, [0, 0, 0]],
  [
    'a chat with two images and a sound',
    '/chat/completions',
    { model: 'acme/m1', ...chat(image, text, image, audio) },
    [3, 1, 0],
  ],
  [
    'a chat with media in several turns',
    '/chat/completions',
    {
      model: 'acme/m1',
      messages: [
        ...chat(image).messages,
        { role: 'assistant', content: 'A lighthouse.' },
        ...chat(audio, text).messages,
      ],
    },
    [2, 1, 0],
  ],
  ['a chat that answers with an image', '/chat/completions', { model: 'acme/painting', ...chat(text) }, [0, 0, 1]],
  [
    'the same as a stream',
    '/chat/completions',
    { model: 'acme/painting', stream: true, ...chat(image, text) },
    [1, 0, 1],
  ],
  [
    'a chat that answers with speech, in many pieces',
    '/chat/completions',
    {
      model: 'acme/speaking',
      stream: true,
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'pcm16' },
      ...chat(text),
    },
    [0, 0, 1],
  ],
  ['completions', '/completions', { model: 'acme/complete', prompt: 'It was' }, [0, 0, 0]],
  [
    'messages with an image and a document',
    '/messages',
    {
      model: 'acme/m1',
      max_tokens: 100,
      ...chat({ type: 'image', source: picture }, { type: 'document', source: pdf }, text),
    },
    [2, 0, 0],
  ],
  [
    'responses with an image and a sound',
    '/responses',
    {
      model: 'acme/m1',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: png },
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_audio', input_audio: { data: sound, format: 'wav' } },
          ],
        },
      ],
    },
    [2, 1, 0],
  ],
  [
    'embeddings of an image and of text',
    '/embeddings',
    { model: 'acme/embed', input: [{ content: [image, text] }, { content: [text] }] },
    [1, 0, 0],
  ],
  ['embeddings of text', '/embeddings', { model: 'acme/embed', input: ['one', 'two'] }, [0, 0, 0]],
  [
    'a ranking of documents with images',
    '/rerank',
    { model: 'acme/rank', query: 'boats', documents: [{ text: 'A boat', image: png }, 'A river', { image: png }] },
    [2, 0, 0],
  ],
  ['two images, at the second endpoint', '/images', { model: 'acme/painter', prompt: 'A boat', n: 2 }, [0, 0, 2]],
  [
    'an image from two others with a mask, with unfinished ones before it',
    '/images/edits',
    {
      model: 'acme/openai',
      prompt: 'A boat',
      stream: true,
      partial_images: 2,
      images: [{ image_url: png }, { image_url: png }],
      mask: { image_url: png },
    },
    [3, 0, 1],
  ],
  ['speech', '/audio/speech', { model: 'acme/voice', input: 'The river carries boats.' }, [0, 0, 1]],
  [
    'speech in the voice of a clip',
    '/audio/speech',
    {
      model: 'acme/mistral',
      input: 'The river carries boats.',
      response_format: 'mp3',
      input_references: [
        { type: 'input_audio', input_audio: { data: sound, format: 'wav' } },
        { type: 'text', text: 'What the clip says.' },
      ],
    },
    [1, 1, 1],
  ],
  [
    'a transcription',
    '/audio/transcriptions',
    { model: 'acme/scribe', input_audio: { data: sound, format: 'wav' } },
    [1, 1, 0],
  ],
]

describe('contract §8.A3: the media of a generation', () => {
  test.each(cases)('%s', async (_, path, body, expected) => {
    const asked = await counts(path, body)
    expect(asked.status, asked.text).toBe(200)
    expect(asked.counts).toEqual(expected)
  })

  test('a file that a plugin reads as text was sent as a file all the same', async () => {
    const asked = await counts('/chat/completions', { model: 'acme/m1', ...chat(file, text) })
    expect(asked.counts).toEqual([1, 0, 0])
  })

  test('a prompt that is sent in two turns, since a tool ran between them, counts once', async () => {
    const tools = [{ type: 'openrouter:datetime' }]
    const asked = await counts('/chat/completions', { model: 'acme/two-turns', tools, ...chat(image, text) })
    expect(asked.text).toContain('data:image/png')
    expect(asked.calls).toBe(2)
    expect(asked.counts).toEqual([1, 0, 1])
  })

  test('a request that failed', async () => {
    const { status, counts: counted } = await counts('/chat/completions', { model: 'acme/down', ...chat(image, text) })
    expect(status).toBe(503)
    expect(counted).toEqual([1, 0, 0])
  })

  test('an answer from the response cache has the media of that answer', async () => {
    const headers = { 'x-openrouter-cache': 'true' }
    const body = { model: 'acme/painting', ...chat(image, text) }
    for (const cache of ['MISS', 'HIT']) {
      expect(await counts('/chat/completions', body, headers)).toMatchObject({ cache, counts: [1, 0, 1] })
    }
  })
})
