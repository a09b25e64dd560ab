import OpenAI, { APIError, toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { testKey } from '../gateway.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const perSecond = { audio_second: 0.0001 }
const perToken = { prompt: 2.5, audio: 6, completion: 10 }
/** Two seconds of what the simulator takes for audio, and four of MP3. */
const audio = Buffer.alloc(64_000, 'sound ')
const poorKey = 'sk-or-v1-test-key-that-can-pay-a-hundred-words'
/** What the simulator hears in any audio. */
const heard = 'The river carries small boats past quiet fields while morning light slowly'

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/gpt': vendorModel('transcription', 'openai', 'usage-40-12', perToken),
      'acme/gpt-uncounted': vendorModel('transcription', 'openai', 'no-usage', perToken),
      'acme/gpt-cut': vendorModel('transcription', 'openai', 'cut-after-3', perToken),
      'acme/gpt-ended': vendorModel('transcription', 'openai', 'eof-after-3', perToken),
      'acme/gpt-unfinished': vendorModel('transcription', 'openai', 'no-finish', perToken),
      'acme/gpt-failed': vendorModel('transcription', 'openai', 'error-after-3', perToken),
      'acme/gpt-malformed': vendorModel('transcription', 'openai', 'malformed-after-3', perToken),
      'acme/gpt-stalled': vendorModel('transcription', 'openai', 'stall-after-3', perToken),
      'acme/gpt-silent': vendorModel('transcription', 'openai', 'empty', perToken),
      'acme/gpt-in-bytes': vendorModel('transcription', 'openai', 'fragment-bytes+crlf', perToken),
      'acme/gpt-long': vendorModel('transcription', 'openai', 'tokens-400+pace-1', perToken),
      'acme/gpt-deaf': vendorModel('transcription', 'openai', 'blackhole', perToken),
      'acme/diarize': vendorModel('transcription', 'openai', 'diarize', perToken),
      'acme/whisper': vendorModel('transcription', 'openai', 'whisper-1', perSecond),
      'acme/turbo': vendorModel('transcription', 'groq', 'whisper-large-v3-turbo', perSecond),
      'acme/groq': vendorModel('transcription', 'groq', 'whisper-large-v3', perSecond),
      'acme/eleven': vendorModel('transcription', 'elevenlabs', 'scribe_v2', perSecond),
      'acme/mistral': vendorModel('transcription', 'mistral', 'steady', perSecond),
      'acme/mistral-cut': vendorModel('transcription', 'mistral', 'cut-after-3', perSecond),
      'acme/mistral-stalled': vendorModel('transcription', 'mistral', 'stall-after-3', perSecond),
      'acme/own': mediaModel('transcription', perSecond, 'steady'),
      'acme/second': mediaModel('transcription', perSecond, 'status-503', 'reset', 'steady'),
      'acme/either': {
        ...mediaModel('transcription', perSecond),
        endpoints: [
          { provider: 'elevenlabs', model: 'scribe_v2', pricing: { audio_second: 0.00001 } },
          { provider: 'groq', model: 'whisper-large-v3', pricing: perSecond },
        ],
      },
    },
    ['openai', 'groq', 'elevenlabs', 'mistral'],
    {
      timeouts: { idle_ms: 1_000 },
      keys: [
        { name: 'test', key: testKey },
        // The hold takes the audio for 64 seconds of 17 tokens at 6 USD per million, and 100 tokens of text cost 0.001 USD.
        { name: 'poor', key: poorKey, limit: (64 * 17 * 6) / 1_000_000 + 0.001 },
      ],
    },
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

const client = (apiKey = testKey) => new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey, maxRetries: 0 })
const file = () => toFile(audio, 'sound.mp3')
const sent = () => [...gateway.simulator.journal(), ...gateway.vendors.journal()]
const sentBody = (): Readonly<Record<string, unknown>> => {
  const body = sent()[0]?.body
  return isObject(body) ? body : {}
}

/** Streams by OpenAI's SDK, and collects what comes until the end or the failure. */
async function streamed(model: string, more: Readonly<Record<string, unknown>> = {}, apiKey?: string) {
  const { data: stream, response } = await client(apiKey)
    .audio.transcriptions.create({ model, file: await file(), stream: true, ...more })
    .withResponse()
  const deltas: string[] = []
  let done: OpenAI.Audio.TranscriptionTextDoneEvent | undefined
  let failure: unknown
  try {
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta)
      else if (event.type === 'transcript.text.done') done = event
    }
  } catch (error) {
    failure = error
  }
  return { id: response.headers.get('x-generation-id'), deltas, done, failure }
}

describe('a stream by OpenAI’s SDK', () => {
  test('comes word by word where the provider streams, and ends with the text, the usage and the cost', async () => {
    const { id, deltas, done } = await streamed('acme/gpt', { language: 'en' })
    expect(deltas.length).toBe(12)
    expect(deltas.join('')).toBe(heard)
    // 40 × 6 + 12 × 10 USD per million.
    expect(done).toEqual({
      type: 'transcript.text.done',
      text: heard,
      usage: { type: 'tokens', input_tokens: 40, output_tokens: 12, total_tokens: 52, cost: 0.00036 },
    })
    expect(sentBody()).toMatchObject({ stream: 'true', response_format: 'json', language: 'en' })
    expect(await recordOf(gateway, id)).toMatchObject({ api_type: 'stt', total_cost: 0.00036, finish_reason: 'stop' })
  })

  test('has the same text and the same cost as the whole reply', async () => {
    for (const model of ['acme/gpt', 'acme/mistral', 'acme/whisper', 'acme/eleven', 'acme/own']) {
      const whole = await client().audio.transcriptions.create({ model, file: await file() })
      const { deltas, done } = await streamed(model)
      expect(done, model).toEqual({ type: 'transcript.text.done', ...whole })
      expect(deltas.join(''), model).toBe(whole.text)
    }
  })

  test('Mistral streams in its own words', async () => {
    const { deltas, done } = await streamed('acme/mistral')
    expect(deltas.length).toBe(12)
    expect(done).toMatchObject({ usage: { type: 'duration', seconds: 2, cost: 0.0002 } })
    expect(sent()[0]?.path).toBe('/mistral/v1/audio/transcriptions')
    expect(sentBody()).toMatchObject({ stream: 'true' })
    expect(sentBody()).not.toHaveProperty('response_format')
  })

  test('comes in one piece from providers that stream none, which are not asked for a stream', async () => {
    for (const model of ['acme/whisper', 'acme/eleven', 'acme/own']) {
      gateway.simulator.clearJournal()
      gateway.vendors.clearJournal()
      const { deltas, done } = await streamed(model)
      expect(deltas, model).toEqual([heard])
      expect(done?.text).toBe(heard)
      expect(sentBody(), model).not.toHaveProperty('stream')
    }
  })

  test('has what verbose_json has in its last event, also the segments that were sent one by one', async () => {
    const verbose = { response_format: 'verbose_json', diarize: 'true' }
    const spoken = await streamed('acme/diarize', verbose)
    expect(sentBody()).toMatchObject({ response_format: 'diarized_json', chunking_strategy: 'auto', stream: 'true' })
    expect(spoken.deltas.length).toBe(12)
    expect(spoken.done).toMatchObject({ segments: [{ start: 0, end: 2, text: heard, speaker_label: 'A' }] })
    const mistral = await streamed('acme/mistral', verbose)
    expect(mistral.done).toMatchObject({
      language: 'en',
      duration: 2,
      segments: [{ start: 0, end: 2, text: ` ${heard}`, speaker_label: 'speaker_1' }],
    })
  })

  test('arrives whole where every byte comes alone', async () => {
    const { deltas, done } = await streamed('acme/gpt-in-bytes')
    expect(deltas.join('')).toBe(heard)
    expect(done?.text).toBe(heard)
  })

  test('of silence has no words, and is complete', async () => {
    const { deltas, done, failure } = await streamed('acme/gpt-silent')
    expect({ deltas, text: done?.text, failure }).toEqual({ deltas: [], text: '', failure: undefined })
  })

  test('moves on to the next endpoint as long as nothing came', async () => {
    const { id, done } = await streamed('acme/second')
    expect(done?.text).toBe(heard)
    expect((await recordOf(gateway, id)).provider_responses.at(-1)).toMatchObject({ provider_name: 'Prov C' })
  })
})

describe('a stream that breaks off', () => {
  const models = ['cut', 'ended', 'failed', 'malformed', 'stalled'].map((how) => `acme/gpt-${how}`)
  test.each([...models, 'acme/mistral-cut', 'acme/mistral-stalled'])('%s never looks complete', async (model) => {
    const { id, deltas, done, failure } = await streamed(model)
    expect(deltas.length).toBe(3)
    expect(done).toBeUndefined()
    expect(failure).toBeInstanceOf(APIError)
    expect(await recordOf(gateway, id)).toMatchObject({ total_cost: 0, finish_reason: 'error' })
  })

  test('a stream without its last event was cut', async () => {
    const { deltas, done, failure } = await streamed('acme/gpt-unfinished')
    expect(deltas.length).toBe(12)
    expect(done).toBeUndefined()
    expect(failure).toBeInstanceOf(APIError)
  })

  test('because the key can pay for no more says so, and what came is charged', async () => {
    const { id, deltas, done, failure } = await streamed('acme/gpt-long', {}, poorKey)
    expect(deltas.length).toBeGreaterThan(20)
    expect(deltas.length).toBeLessThan(150)
    expect(done).toBeUndefined()
    expect(failure).toMatchObject({ message: expect.stringContaining('limit') })
    const { total_cost: cost } = await recordOf(gateway, id)
    expect(cost).toBeCloseTo((40 * 6 + Math.ceil(deltas.join('').length / 4) * 10) / 1_000_000, 9)
  })

  test('before its first word has its status', async () => {
    gateway.vendors.setBehaviour('status-429', 'usage-40-12')
    const asked = client().audio.transcriptions.create({ model: 'acme/gpt', file: await file(), stream: true })
    await expect(asked).rejects.toMatchObject({ status: 429 })
    gateway.vendors.setBehaviour(null, 'usage-40-12')
  })
})

describe('what is charged for audio whose provider did not count', () => {
  // Four seconds by the size of the file, and 10 tokens a second.
  const heardTokens = 40

  test('a stream that is complete', async () => {
    const { done } = await streamed('acme/gpt-uncounted')
    const spoken = Math.ceil(heard.length / 4)
    expect(done?.usage).toEqual({
      type: 'tokens',
      input_tokens: heardTokens,
      output_tokens: spoken,
      total_tokens: heardTokens + spoken,
      cost: (heardTokens * 6 + spoken * 10) / 1_000_000,
    })
  })

  test.each([
    ['acme/gpt-stalled', (heardTokens * 6 + Math.ceil('The river carries'.length / 4) * 10) / 1_000_000],
    ['acme/mistral-stalled', 0.0004],
  ] as const)('a client that leaves after three words: %s', async (model, cost) => {
    const leaving = new AbortController()
    const { data: stream, response } = await client()
      .audio.transcriptions.create({ model, file: await file(), stream: true }, { signal: leaving.signal })
      .withResponse()
    let words = 0
    for await (const _ of stream) if (++words === 3) break
    leaving.abort()
    await expect
      .poll(() => recordOf(gateway, response.headers.get('x-generation-id')).catch(() => null))
      .toMatchObject({ cancelled: true, total_cost: cost })
  })

  test('a client that leaves before the first word, once the provider has the audio', async () => {
    const leaving = new AbortController()
    const asked = client().audio.transcriptions.create(
      { model: 'acme/gpt-deaf', file: await file(), stream: true },
      { signal: leaving.signal },
    )
    await expect.poll(() => sent()[0]?.body).toBeDefined()
    const spent = async (): Promise<number> => Object(await (await gateway.get('/api/v1/key')).json()).data.usage
    const before = await spent()
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await expect.poll(async () => (await spent()) - before).toBeCloseTo((heardTokens * 6) / 1_000_000, 9)
  })
})

describe('a translation', () => {
  test.each([
    ['acme/whisper', '/openai/v1/audio/translations', { type: 'duration', seconds: 2, cost: 0.0002 }],
    ['acme/groq', '/groq/v1/audio/translations', { type: 'duration', seconds: 10, cost: 0.001 }],
    ['acme/own', '/prov-a/v1/audio/translations', { type: 'duration', seconds: 2, cost: 0.0002 }],
  ] as const)('by %s, with OpenAI’s SDK', async (model, path, usage) => {
    const plain = await client().audio.translations.create({ model, file: await file(), temperature: 0.2 })
    expect(plain).toEqual({ text: heard, usage })
    expect(sent()[0]?.path).toBe(path)
    expect(sentBody()).toMatchObject({ response_format: 'verbose_json', temperature: '0.2' })
    const verbose = await client().audio.translations.create({
      model,
      file: await file(),
      response_format: 'verbose_json',
    })
    expect(verbose).toMatchObject({
      task: 'translate',
      language: 'english',
      duration: 2,
      text: heard,
      segments: [{ id: 0, start: 0, end: 2 }],
    })
  })

  test('is no translation without the language of the audio, which is not sent', async () => {
    const reply = await gateway.post('/v1/audio/translations', {
      model: 'acme/whisper',
      language: 'de',
      input_audio: { data: audio.toString('base64'), format: 'mp3' },
    })
    expect(reply.status).toBe(200)
    expect(sentBody()).not.toHaveProperty('language')
  })

  test.each(['acme/gpt', 'acme/diarize', 'acme/turbo', 'acme/mistral', 'acme/eleven'])(
    '%s has none, which is a 400 that says so, and is not called',
    async (model) => {
      const asked = client().audio.translations.create({ model, file: await file() })
      await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringContaining('translates nothing') })
      expect(sent()).toEqual([])
    },
  )

  test('passes over an endpoint that has none', async () => {
    const { data, response } = await client()
      .audio.translations.create({ model: 'acme/either', file: await file() })
      .withResponse()
    expect(data.text).toBe(heard)
    expect(sent().map(({ path }) => path)).toEqual(['/groq/v1/audio/translations'])
    expect((await recordOf(gateway, response.headers.get('x-generation-id'))).provider_responses).toMatchObject([
      { provider_name: 'ElevenLabs' },
      { provider_name: 'Groq', status: 200 },
    ])
  })

  test('has no times of words', async () => {
    const reply = await gateway.post('/api/v1/audio/translations', {
      model: 'acme/whisper',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
      input_audio: { data: audio.toString('base64') },
    })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('timestamp_granularities')
  })
})

test('moderations are no part of the gateway, and the 404 names what is', async () => {
  const asked = client().moderations.create({ input: 'text' })
  await expect(asked).rejects.toMatchObject({ status: 404, message: expect.stringContaining('has no moderations') })
})
