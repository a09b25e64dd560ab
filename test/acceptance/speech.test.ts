import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const perCharacter = { character: 15 }
const text = 'The river carries small boats.'

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/voice': mediaModel('speech', perCharacter, 'steady'),
      'acme/second': mediaModel('speech', perCharacter, 'status-503', 'steady'),
      'acme/silent': mediaModel('speech', perCharacter, 'empty', 'steady'),
      'acme/cut': mediaModel('speech', perCharacter, 'cut-after-2'),
      'acme/cut-at-once': mediaModel('speech', perCharacter, 'reset', 'steady'),
      'acme/late': mediaModel('speech', perCharacter, 'blackhole', 'steady'),
      'acme/json': mediaModel('speech', perCharacter, 'status-429'),
      'acme/long': mediaModel('speech', perCharacter, 'tokens-200+chunk-65536'),
      'acme/stalls': mediaModel('speech', perCharacter, 'stall-after-2'),
      'acme/tts-1': vendorModel('speech', 'openai', 'tts-1', perCharacter),
      'acme/openai': vendorModel('speech', 'openai', 'usage-14-100', { prompt: 0.6, audio_output: 12 }),
      'acme/openai-cut': vendorModel('speech', 'openai', 'no-finish', { prompt: 0.6, audio_output: 12 }),
      'acme/groq': vendorModel('speech', 'groq', 'orpheus', perCharacter),
      'acme/eleven': vendorModel('speech', 'elevenlabs', 'eleven_v3', { character: 100 }),
      'acme/mistral': vendorModel('speech', 'mistral', 'voxtral-tts', { character: 16 }),
      'acme/gemini': vendorModel('speech', 'google-ai-studio', 'tts+audio+usage-8-200', {
        prompt: 0.5,
        audio_output: 10,
      }),
      'acme/gemini-refuses': vendorModel('speech', 'google-ai-studio', 'tts+finish-SAFETY', { prompt: 0.5 }),
      'acme/gemini-text': vendorModel('speech', 'google-ai-studio', 'tts', { prompt: 0.5 }),
      'acme/gemini-new': vendorModel('speech', 'google-ai-studio', 'gemini-3.8-flash-tts+audio', {
        prompt: 0.5,
        audio_output: 10,
      }),
      'acme/gpt-audio': vendorModel('speech', 'prov-c', 'audio', { prompt: 0.5, audio_output: 10 }),
      'acme/writer': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 } }] },
    },
    ['openai', 'groq', 'elevenlabs', 'mistral', 'google-ai-studio'],
    { timeouts: { first_token_ms: 2_000 } },
    { 'prov-c': { services: { speech: 'chat' } } },
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

const speak = (body: Readonly<Record<string, unknown>>) =>
  gateway.post('/api/v1/audio/speech', { input: text, voice: 'alloy', ...body })
const sent = () => [...gateway.simulator.journal(), ...gateway.vendors.journal()]
const sentBody = (): Readonly<Record<string, unknown>> => {
  const body = sent()[0]?.body
  return isObject(body) ? body : {}
}
const idOf = (reply: Response) => reply.headers.get('x-generation-id')
const bytesOf = async (reply: Response) => Buffer.from(await reply.arrayBuffer())

test('raw bytes with their type and the id of the generation; characters are charged', async () => {
  const reply = await speak({ model: 'acme/voice', response_format: 'mp3' })
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toBe('audio/mpeg')
  expect((await bytesOf(reply)).subarray(0, 3).toString()).toBe('ID3')
  // 30 characters at 15 USD per million.
  expect(await recordOf(gateway, idOf(reply))).toMatchObject({
    api_type: 'tts',
    total_cost: 0.00045,
    finish_reason: 'stop',
  })
})

test('the default is PCM', async () => {
  const reply = await speak({ model: 'acme/voice' })
  expect(reply.headers.get('content-type')).toBe('audio/pcm')
  expect(sentBody()['response_format']).toBe('pcm')
})

test('an endpoint that fails before its first byte is followed by the next', async () => {
  for (const model of ['acme/second', 'acme/silent', 'acme/cut-at-once', 'acme/late']) {
    const reply = await speak({ model })
    expect(reply.status, model).toBe(200)
    expect((await bytesOf(reply)).length).toBe(5 * 480)
    const { provider_responses: calls } = await recordOf(gateway, idOf(reply))
    expect(calls.at(-1)).toMatchObject({ status: 200, provider_name: 'Prov B' })
  }
})

test('a failure before the first byte has its status and the usual envelope', async () => {
  const reply = await speak({ model: 'acme/json' })
  expect(reply.status).toBe(429)
  expect(await reply.json()).toMatchObject({ error: { code: 429 } })
})

test('a reply that breaks off ends in a closed connection, is recorded as failed, and costs nothing', async () => {
  for (const model of ['acme/cut', 'acme/openai-cut']) {
    const reply = await speak({ model })
    expect(reply.status).toBe(200)
    await expect(reply.arrayBuffer(), model).rejects.toThrow()
    await expect
      .poll(() => recordOf(gateway, idOf(reply)).catch(() => null))
      .toMatchObject({ total_cost: 0, finish_reason: 'error' })
  }
})

test('a client that leaves is charged for the text, and its provider is told', async () => {
  const leaving = new AbortController()
  const reply = await fetch(`${gateway.url}/api/v1/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/stalls', input: text, voice: 'alloy' }),
    signal: leaving.signal,
  })
  await reply.body?.getReader().read()
  leaving.abort()
  await expect
    .poll(() => recordOf(gateway, idOf(reply)).catch(() => null))
    .toMatchObject({ cancelled: true, total_cost: 0.00045 })
  expect(gateway.simulator.journal()[0]?.closedBy).toBe('client')
})

test('a reader who is slow pauses the provider', async () => {
  const { port } = new URL(gateway.url)
  const socket = connect(Number(port))
  const body = JSON.stringify({ model: 'acme/long', input: text, voice: 'alloy' })
  socket.write(
    `POST /api/v1/audio/speech HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  const bytesSent = () => gateway.simulator.journal()[0]?.bytesSent ?? 0
  await expect.poll(() => bytesSent() > 0 && bytesSent()).toBeTruthy()
  let before = -1
  await expect
    .poll(
      () => {
        const isStill = bytesSent() === before
        before = bytesSent()
        return isStill
      },
      { interval: 200 },
    )
    .toBe(true)
  expect(bytesSent()).toBeLessThan(200 * 65_536)
  socket.destroy()
})

describe('what is not valid is a 400 that says where', () => {
  const clip = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['input', { input: '' }],
    ['input', { input: [] }],
    ['input', { input: [{ voice: 'alloy' }] }],
    ['speed', { speed: 9 }],
    ['response_format', { response_format: 'midi' }],
    ['input_references', { input_references: [clip] }],
    ['input_references', { input_references: [{ type: 'text', text: 'Hello' }] }],
    [
      'input_references',
      {
        input_references: [
          { ...clip, input_audio: { data: 'UklGRg==', url: 'https://example.com/a.wav' } },
          { type: 'text', text: 'Hello' },
        ],
      },
    ],
    [
      'input_references',
      { input_references: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }, clip] },
    ],
  ]
  test.each(cases)('%s', async (path, fields) => {
    const reply = await speak({ model: 'acme/voice', ...fields })
    expect(reply.status).toBe(400)
    expect(JSON.stringify(await reply.json())).toContain(path)
    expect(sent()).toEqual([])
  })
})

test('a model that does not speak is told so', async () => {
  const reply = await speak({ model: 'acme/writer' })
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ error: { availability: { code: 'wrong_endpoint' } } })
})

describe('each vendor is asked in its own words', () => {
  test('OpenAI’s older models: bytes', async () => {
    await bytesOf(await speak({ model: 'acme/tts-1', response_format: 'opus', speed: 1.5 }))
    expect(sentBody()).toEqual({ model: 'tts-1', input: text, voice: 'alloy', response_format: 'opus', speed: 1.5 })
  })

  test('OpenAI’s newer models: events, of which the last has the usage', async () => {
    const reply = await speak({ model: 'acme/openai', instructions: 'Whisper.' })
    expect((await bytesOf(reply)).length).toBe(5 * 480)
    expect(sentBody()).toMatchObject({ stream_format: 'sse', instructions: 'Whisper.' })
    // 14 × 0.6 + 100 × 12 USD per million.
    expect((await recordOf(gateway, idOf(reply))).total_cost).toBe(0.0012084)
  })

  test('Groq: WAV, of which the samples are passed on', async () => {
    const reply = await speak({ model: 'acme/groq' })
    expect((await bytesOf(reply)).length).toBe(5 * 480)
    expect(sentBody()['response_format']).toBe('wav')
    const refused = await speak({ model: 'acme/groq', response_format: 'mp3' })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(await refused.json())).toContain('makes wav')
  })

  test('ElevenLabs', async () => {
    const reply = await speak({ model: 'acme/eleven', voice: 'a/voice', speed: 1.1 })
    expect(reply.status).toBe(200)
    expect((await bytesOf(reply)).length).toBe(5 * 480)
    expect(sent()[0]?.path).toBe('/elevenlabs/v1/text-to-speech/a%2Fvoice/stream?output_format=pcm_24000')
    expect(sent()[0]?.headers['xi-api-key']).toBeDefined()
    expect(sentBody()).toEqual({ text, model_id: 'eleven_v3', voice_settings: { speed: 1.1 } })
    expect((await recordOf(gateway, idOf(reply))).total_cost).toBe(0.003)
  })

  test('Mistral, with the voice of a clip', async () => {
    const clip = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }
    const reply = await speak({ model: 'acme/mistral', input_references: [clip, { type: 'text', text: 'Hello' }] })
    expect((await bytesOf(reply)).length).toBe(5 * 480)
    expect(sentBody()).toMatchObject({ ref_audio: 'UklGRg==', response_format: 'pcm' })
  })

  test('Gemini: a chat whose answer is audio', async () => {
    const reply = await speak({ model: 'acme/gemini', voice: 'Puck' })
    expect(reply.status).toBe(200)
    expect((await bytesOf(reply)).length).toBeGreaterThan(0)
    expect(sentBody()).toMatchObject({
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Puck' } } },
      },
    })
    expect((await recordOf(gateway, idOf(reply))).total_cost).toBe(0.002004)
  })

  test.each([
    ['acme/gemini-refuses', 400, 'The provider refused to make audio of this.'],
    ['acme/gemini-text', 502, 'The provider answered without audio.'],
  ])('%s gives no audio, and is not charged', async (model, status, message) => {
    const reply = await speak({ model })
    expect(reply.status).toBe(status)
    expect(await reply.text()).toContain(message)
    expect((await recordOf(gateway, idOf(reply))).total_cost).toBe(0)
  })

  describe('Gemini: several voices', () => {
    const dialogue = [
      { text: 'Is the boat here?', voice: 'Puck' },
      { text: 'It comes.', voice: 'Kore' },
      { text: 'Good.', voice: 'Puck' },
    ]
    const voiceConfig = (voiceName: string) => ({ voiceConfig: { prebuiltVoiceConfig: { voiceName } } })
    const speechConfig = {
      multiSpeakerVoiceConfig: {
        speakerVoiceConfigs: [
          { speaker: 'Speaker1', ...voiceConfig('Puck') },
          { speaker: 'Speaker2', ...voiceConfig('Kore') },
        ],
      },
    }

    test('in the prompt of the older models', async () => {
      const reply = await speak({ model: 'acme/gemini', input: dialogue, instructions: 'Speak slowly.' })
      expect((await bytesOf(reply)).length).toBeGreaterThan(0)
      const text = [
        'How Speaker1 sounds: Speak slowly.',
        'How Speaker2 sounds: Speak slowly.',
        'TTS the following conversation between Speaker1 and Speaker2:',
        'Speaker1: Is the boat here?',
        'Speaker2: It comes.',
        'Speaker1: Good.',
      ].join('\n')
      expect(sentBody()).toMatchObject({ contents: [{ parts: [{ text }] }], generationConfig: { speechConfig } })
    })

    test('beside the text of the newer models, which read all of it aloud', async () => {
      const [first, ...others] = dialogue
      const reply = await speak({ model: 'acme/gemini-new', input: [{ ...first, instructions: 'Shout.' }, ...others] })
      expect((await bytesOf(reply)).length).toBeGreaterThan(0)
      const parts = [
        { text: 'Is the boat here?', speechMetadata: { speaker: 'Speaker1', style: 'Shout.' } },
        { text: 'It comes.', speechMetadata: { speaker: 'Speaker2' } },
        { text: 'Good.', speechMetadata: { speaker: 'Speaker1' } },
      ]
      expect(sentBody()).toMatchObject({ contents: [{ role: 'user', parts }], generationConfig: { speechConfig } })
      gateway.vendors.clearJournal()
      await bytesOf(await speak({ model: 'acme/gemini-new', voice: 'Puck', instructions: 'Whisper.' }))
      expect(sentBody()).toMatchObject({
        contents: [{ parts: [{ text, speechMetadata: { style: 'Whisper.' } }] }],
        generationConfig: { speechConfig: voiceConfig('Puck') },
      })
    })

    test.each([
      ['acme/gemini', [...dialogue, { text: 'And I?', voice: 'Leda' }], 'at most 2 voices'],
      [
        'acme/gemini',
        [{ text: 'A', voice: 'Puck', instructions: 'Shout.' }, ...dialogue],
        'one instruction for each voice',
      ],
      ['acme/gpt-audio', dialogue, 'takes one voice'],
    ] as const)('%s: what cannot be said is a 400', async (model, input, words) => {
      const reply = await speak({ model, input })
      expect(reply.status).toBe(400)
      expect(await reply.text()).toContain(words)
      expect(sent()).toEqual([])
    })
  })

  test('turns in one voice are one text, turns in several are refused', async () => {
    await bytesOf(await speak({ model: 'acme/tts-1', input: [{ text: 'One.' }, { text: 'Two.' }] }))
    expect(sentBody()['input']).toBe('One.\nTwo.')
    const refused = await speak({ model: 'acme/tts-1', input: [{ text: 'One.' }, { text: 'Two.', voice: 'echo' }] })
    expect(refused.status).toBe(400)
  })
})
