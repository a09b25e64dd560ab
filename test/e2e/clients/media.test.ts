import { createHash } from 'node:crypto'
import { createOpenAI } from '@ai-sdk/openai'
import { OpenRouter } from '@openrouter/sdk'
import { experimental_generateSpeech, experimental_transcribe, generateImage } from 'ai'
import OpenAI, { APIError, BadRequestError, toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mediaModel, type MediaGateway, startMediaGateway, vendorModel } from '../../acceptance/media-gateway.ts'

const each = { output_image: 0.04 }
const perCharacter = { character: 15 }
const perSecond = { audio_second: 0.0001 }
const text = 'The river carries small boats.'
const audio = Buffer.alloc(64_000, 'sound ')

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/painter': mediaModel('image', each, 'steady'),
      'acme/voice': mediaModel('speech', perCharacter, 'steady'),
      'acme/cut': mediaModel('speech', perCharacter, 'cut-after-2'),
      'acme/scribe': mediaModel('transcription', perSecond, 'steady'),
      'acme/down': mediaModel('transcription', perSecond, 'status-503'),
      'acme/openai': vendorModel('image', 'openai', 'steady', { prompt: 5, image_token: 10, image_output: 40 }),
      'acme/openai-cut': vendorModel('image', 'openai', 'cut-after-1', each),
      'acme/azure': vendorModel('image', 'azure', 'steady', each),
      'acme/xai': vendorModel('image', 'xai', 'steady', each),
      'acme/together': vendorModel('image', 'together', 'steady', each),
      'acme/gemini': vendorModel('image', 'google-ai-studio', 'image', each),
      'acme/openrouter': vendorModel('image', 'openrouter', 'image', each),
    },
    ['openai', 'azure', 'xai', 'together', 'google-ai-studio', 'openrouter'],
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const pixelBytes = Buffer.from(pixel, 'base64')
const photo = (name: string) => toFile(pixelBytes, name, { type: 'image/png' })

/** The models before every language in which images can be asked for with images to start from. */
const editors = [
  { model: 'acme/painter', images: 2 },
  { model: 'acme/openai', images: 2 },
  { model: 'acme/azure', images: 2 },
  { model: 'acme/xai', images: 2 },
  { model: 'acme/together', images: 1 },
  { model: 'acme/gemini', images: 2 },
  { model: 'acme/openrouter', images: 2 },
]

/** How often the bytes of the image stand in what the provider got last: in Base64, or as a file. */
function imagesSent(): number {
  const journals = [...gateway.simulator.journal(), ...gateway.vendors.journal()]
  const body = JSON.stringify(journals.at(-1)?.body)
  const hash = createHash('sha256').update(pixelBytes).digest('hex')
  return body.split(pixel).length + body.split(hash).length - 2
}

const isPng = (base64: string | undefined): boolean =>
  Buffer.from(base64 ?? '', 'base64')
    .subarray(1, 4)
    .toString() === 'PNG'

describe('the OpenAI SDK', () => {
  const client = () => new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key, maxRetries: 0 })

  test('images.generate', async () => {
    const { data, usage } = await client().images.generate({ model: 'acme/openai', prompt: 'A lighthouse', n: 2 })
    expect(data?.map(({ b64_json: image }) => isPng(image))).toEqual([true, true])
    expect(usage).toMatchObject({ output_tokens: 2112 })
  })

  test('images.generate as a stream', async () => {
    const stream = await client().images.generate({
      model: 'acme/openai',
      prompt: 'A lighthouse',
      stream: true,
      partial_images: 2,
    })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
  })

  test('a stream of images that breaks off throws', async () => {
    const stream = await client().images.generate({
      model: 'acme/openai-cut',
      prompt: 'A lighthouse',
      stream: true,
      partial_images: 2,
    })
    const read = async () => {
      for await (const _ of stream);
    }
    await expect(read()).rejects.toBeInstanceOf(APIError)
  })

  test.each(editors)('images.edit in front of $model', async ({ model, images }) => {
    const image = await Promise.all(Array.from({ length: images }, (_, index) => photo(`${index}.png`)))
    const [only = await photo('0.png')] = image
    const { data, usage } = await client().images.edit({
      model,
      image: images === 1 ? only : image,
      prompt: 'In the evening',
      n: 2,
      size: '1024x1024',
      quality: 'high',
      output_format: 'png',
      background: 'opaque',
    })
    expect(data?.map(({ b64_json: made }) => isPng(made))).toEqual([true, true])
    expect(usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) })
    expect(imagesSent()).toBe(images)

    const stream = await client().images.edit({ model, image: only, prompt: 'In the evening', stream: true })
    const events: string[] = []
    for await (const event of stream) {
      events.push(event.type)
      if (event.type === 'image_edit.completed') expect(isPng(event.b64_json)).toBe(true)
    }
    expect(events).toEqual(['image_edit.completed'])
    expect(imagesSent()).toBe(1)
  })

  test('images.edit with a mask, with unfinished images, and one that is refused', async () => {
    const request = { image: await photo('a.png'), mask: await photo('b.png'), prompt: 'In the evening' }
    const stream = await client().images.edit({ ...request, model: 'acme/openai', stream: true, partial_images: 2 })
    const events: string[] = []
    for await (const event of stream) events.push(event.type)
    expect(events).toEqual(['image_edit.partial_image', 'image_edit.partial_image', 'image_edit.completed'])
    expect(imagesSent()).toBe(2)
    await expect(client().images.edit({ ...request, model: 'acme/xai' })).rejects.toBeInstanceOf(BadRequestError)
    const cut = await client().images.edit({ ...request, model: 'acme/openai-cut', stream: true, partial_images: 2 })
    const read = async () => {
      for await (const _ of cut);
    }
    await expect(read()).rejects.toBeInstanceOf(APIError)
  })

  test('images.createVariation, which OpenAI has retired', async () => {
    await expect(client().images.createVariation({ image: await photo('a.png') })).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('/images/edits'),
    })
  })

  test('audio.speech.create, as a stream of bytes', async () => {
    const reply = await client().audio.speech.create({ model: 'acme/voice', voice: 'alloy', input: text })
    let bytes = 0
    for await (const piece of reply.body ?? []) bytes += piece.length
    expect(bytes).toBe(5 * 480)
  })

  test('speech that breaks off throws', async () => {
    const reply = await client().audio.speech.create({ model: 'acme/cut', voice: 'alloy', input: text })
    await expect(reply.arrayBuffer()).rejects.toThrow()
  })

  test('audio.transcriptions.create, with a file', async () => {
    const file = await toFile(audio, 'sound.wav')
    const plain = await client().audio.transcriptions.create({ model: 'acme/scribe', file })
    expect(plain.text).toContain('river')
    const verbose = await client().audio.transcriptions.create({
      model: 'acme/scribe',
      file: await toFile(audio, 'sound.wav'),
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    })
    expect(verbose.words?.[1]).toMatchObject({ word: 'river' })
    expect(verbose.segments).toHaveLength(1)
  })

  test('a transcription that fails has its status', async () => {
    const file = await toFile(audio, 'sound.wav')
    await expect(client().audio.transcriptions.create({ model: 'acme/down', file })).rejects.toMatchObject({
      status: 503,
    })
  })
})

describe('the OpenRouter SDK', () => {
  const client = () => new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.key })

  test('images.generate, as JSON and as a stream', async () => {
    const whole = await client().images.generate({
      imageGenerationRequest: { model: 'acme/painter', prompt: 'A lighthouse', stream: false },
    })
    expect(whole).toMatchObject({ data: [{ mediaType: 'image/png' }], usage: { cost: 0.04 } })
    const stream = await client().images.generate({
      imageGenerationRequest: { model: 'acme/openai', prompt: 'A lighthouse', stream: true },
    })
    const types: unknown[] = []
    if (!(Symbol.asyncIterator in stream)) throw new Error('It is no stream.')
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['image_generation.completed'])
  })

  test('the image models, and the endpoints of one', async () => {
    const { data } = await client().images.listModels()
    expect(data.find(({ id }) => id === 'acme/openai')).toMatchObject({ supportsStreaming: true })
    const { endpoints } = await client().images.listModelEndpoints({ author: 'acme', slug: 'painter' })
    expect(endpoints[0]?.pricing).toEqual([{ billable: 'output_image', unit: 'image', costUsd: 0.04 }])
  })

  test('tts.createSpeech', async () => {
    const stream = await client().tts.createSpeech({
      speechRequest: { model: 'acme/voice', input: text, responseFormat: 'mp3' },
    })
    let bytes = 0
    for await (const piece of stream) bytes += piece.length
    expect(bytes).toBeGreaterThan(5 * 480)
  })

  test('stt.createTranscription, in JSON and as a form', async () => {
    const json = await client().stt.createTranscription({
      sttRequest: { model: 'acme/scribe', inputAudio: { data: audio.toString('base64'), format: 'wav' } },
    })
    expect(json).toMatchObject({ text: expect.stringContaining('river'), usage: { seconds: 2, cost: 0.0002 } })
    const form = await client().stt.createTranscriptionMultipart({
      requestBody: { model: 'acme/scribe', file: { fileName: 'sound.wav', content: new Uint8Array(audio) } },
    })
    expect(form.text).toBe(json.text)
  })
})

describe('the AI SDK', () => {
  const openai = () => createOpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key })

  test('generateImage', async () => {
    const { images } = await generateImage({
      model: openai().image('acme/painter'),
      prompt: 'A lighthouse',
      n: 2,
      maxRetries: 0,
    })
    expect(images.map(({ base64 }) => isPng(base64))).toEqual([true, true])
  })

  test('generateImage from other images', async () => {
    const { images } = await generateImage({
      model: openai().image('acme/painter'),
      prompt: { images: [new Uint8Array(pixelBytes)], text: 'In the evening', mask: new Uint8Array(pixelBytes) },
      maxRetries: 0,
    })
    expect(images.map(({ base64 }) => isPng(base64))).toEqual([true])
    expect(imagesSent()).toBe(2)
  })

  test('generateSpeech', async () => {
    const { audio: speech } = await experimental_generateSpeech({
      model: openai().speech('acme/voice'),
      text,
      voice: 'alloy',
      maxRetries: 0,
    })
    expect(Buffer.from(speech.uint8Array).subarray(0, 3).toString()).toBe('ID3')
  })

  test('transcribe', async () => {
    const result = await experimental_transcribe({
      model: openai().transcription('acme/scribe'),
      audio: new Uint8Array(audio),
      maxRetries: 0,
    })
    expect(result.text).toContain('river')
  })
})
