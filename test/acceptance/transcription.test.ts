import { hash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { mediaModel, type MediaGateway, recordOf, startMediaGateway, vendorModel } from './media-gateway.ts'

const perSecond = { audio_second: 0.0001 }
/** Two seconds of what the simulator takes for audio. */
const audio = Buffer.alloc(64_000, 'sound ')

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/scribe': mediaModel('transcription', perSecond, 'steady'),
      'acme/second': mediaModel('transcription', perSecond, 'status-503', 'reset', 'steady'),
      'acme/silent': mediaModel('transcription', perSecond, 'no-usage'),
      'acme/hourly': mediaModel('transcription', { audio_second: 0.111 / 3600 }, 'steady'),
      'acme/whisper': vendorModel('transcription', 'openai', 'whisper-1', perSecond),
      'acme/gpt': vendorModel('transcription', 'openai', 'usage-40-12', { prompt: 2.5, audio: 6, completion: 10 }),
      'acme/diarize': vendorModel('transcription', 'openai', 'diarize', { prompt: 2.5, audio: 6, completion: 10 }),
      'acme/groq': vendorModel('transcription', 'groq', 'whisper-large-v3', perSecond),
      'acme/eleven': vendorModel('transcription', 'elevenlabs', 'scribe_v2', perSecond),
      'acme/mistral': vendorModel('transcription', 'mistral', 'voxtral', perSecond),
      'acme/writer': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 } }] },
    },
    ['openai', 'groq', 'elevenlabs', 'mistral'],
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.simulator.clearJournal()
  gateway.vendors.clearJournal()
})

interface Reply {
  readonly text: string
  readonly duration?: number
  readonly segments?: readonly Readonly<Record<string, unknown>>[]
  readonly words?: readonly Readonly<Record<string, unknown>>[]
  readonly usage: { readonly seconds?: number; readonly cost: number }
  readonly error: { readonly message: string }
}

const authorization = () => ({ authorization: `Bearer ${gateway.key}` })
const address = () => `${gateway.url}/api/v1/audio/transcriptions`

function formOf(fields: Readonly<Record<string, string | readonly string[]>>, file: Buffer | null = audio): FormData {
  const form = new FormData()
  if (file !== null) form.append('file', new Blob([new Uint8Array(file)], { type: 'audio/wav' }), 'sound.wav')
  for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) form.append(name, each)
  return form
}

const answered = async (reply: Response) => {
  const body: Reply = JSON.parse(await reply.text())
  return { status: reply.status, id: reply.headers.get('x-generation-id'), body }
}
const sendForm = async (fields: Readonly<Record<string, string | readonly string[]>>, file?: Buffer | null) =>
  answered(await fetch(address(), { method: 'POST', headers: authorization(), body: formOf(fields, file) }))
const sendJson = async (fields: Readonly<Record<string, unknown>>, data: Buffer = audio) =>
  answered(
    await gateway.post('/api/v1/audio/transcriptions', {
      input_audio: { data: data.toString('base64'), format: 'wav' },
      ...fields,
    }),
  )
const sent = () => [...gateway.simulator.journal(), ...gateway.vendors.journal()]
const sentBody = (index = 0): Readonly<Record<string, unknown>> => {
  const body = sent()[index]?.body
  return isObject(body) ? body : {}
}
const file = { name: 'sound.wav', bytes: audio.length, sha256: hash('sha256', audio) }
const spooled = () => readdirSync(tmpdir()).filter((name) => /^waygate-\w{6}$/.test(name))

test('a form and JSON give the same transcript and the same cost, and the provider gets the same bytes', async () => {
  const form = await sendForm({ model: 'acme/scribe' })
  expect(form.status).toBe(200)
  expect(form.body.text).toContain('river')
  expect(form.body.usage).toEqual({ type: 'duration', seconds: 2, cost: 0.0002 })
  const json = await sendJson({ model: 'acme/scribe' })
  expect(json.body).toEqual(form.body)
  expect(sentBody(0)['file']).toMatchObject(file)
  expect(sentBody(1)['file']).toMatchObject({ ...file, name: 'audio.wav' })
  expect(await recordOf(gateway, form.id)).toMatchObject({ api_type: 'stt', total_cost: 0.0002, finish_reason: 'stop' })
})

test('an endpoint that fails is followed by the next, which gets the whole audio again', async () => {
  const { status, id, body } = await sendForm({ model: 'acme/second' })
  expect(status).toBe(200)
  expect(body.usage.cost).toBe(0.0002)
  expect(
    sent().map((entry) => isObject(entry.body) && isObject(entry.body['file']) && entry.body['file']['sha256']),
  ).toEqual(sent().map(() => file.sha256))
  expect((await recordOf(gateway, id)).provider_responses.at(-1)).toMatchObject({
    status: 200,
    provider_name: 'Prov C',
  })
})

test('nothing of the audio is left on the disk', async () => {
  const before = spooled()
  await sendForm({ model: 'acme/scribe' })
  await sendForm({ model: 'acme/nothing' })
  await sendForm({ model: 'acme/scribe', response_format: 'srt' })
  expect(spooled()).toEqual(before)
})

test('prices of an hour are exact to the nano-dollar', async () => {
  // 100 seconds at 0.111 USD an hour.
  const { body } = await sendForm({ model: 'acme/hourly' }, Buffer.alloc(3_200_000))
  expect(body.usage).toEqual({ type: 'duration', seconds: 100, cost: 0.003083333 })
})

test('where the provider does not tell the length, it is estimated by the size', async () => {
  const { status, body } = await sendForm({ model: 'acme/silent', response_format: 'verbose_json' })
  expect(status).toBe(200)
  expect(body.usage.seconds).toBe(2)
})

describe('verbose_json', () => {
  test('has segments, and words where they are asked for', async () => {
    const plain = await sendForm({ model: 'acme/whisper', response_format: 'verbose_json' })
    expect(plain.body).toMatchObject({ task: 'transcribe', language: 'english', duration: 2 })
    expect(plain.body.segments?.[0]).toMatchObject({ id: 0, start: 0, end: 2, avg_logprob: -0.2 })
    expect(plain.body.words).toBeUndefined()
    const timed = await sendForm({
      model: 'acme/whisper',
      response_format: 'verbose_json',
      'timestamp_granularities[]': ['word', 'segment'],
    })
    expect(timed.body.words?.[1]).toEqual({ word: 'river', start: 0.17, end: 0.33 })
    expect(sentBody(1)).toMatchObject({ response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] })
  })

  test('a model that cannot is a 400 that names the field', async () => {
    for (const [field, more] of [
      ['response_format', {}],
      ['timestamp_granularities', { 'timestamp_granularities[]': 'word' }],
      ['diarize', { diarize: 'true' }],
    ] as const) {
      const model = field === 'response_format' ? 'acme/gpt' : field === 'diarize' ? 'acme/whisper' : 'acme/diarize'
      const { status, body } = await sendForm({ model, response_format: 'verbose_json', ...more })
      expect(status, field).toBe(400)
      expect(body.error.message).toContain(field)
    }
  })
})

describe('each vendor is asked in its own words', () => {
  test('OpenAI’s newer models count tokens', async () => {
    const { body } = await sendForm({ model: 'acme/gpt', language: 'en', temperature: '0.2' })
    expect(sentBody()).toMatchObject({ response_format: 'json', language: 'en', temperature: '0.2' })
    // 40 × 6 + 12 × 10 USD per million.
    expect(body.usage).toEqual({
      type: 'tokens',
      input_tokens: 40,
      output_tokens: 12,
      total_tokens: 52,
      cost: 0.00036,
    })
  })

  test('OpenAI’s model that tells speakers apart', async () => {
    await sendForm({ model: 'acme/diarize', response_format: 'verbose_json', diarize: 'true' })
    expect(sentBody()).toMatchObject({ response_format: 'diarized_json', chunking_strategy: 'auto' })
  })

  test('Groq charges ten seconds at least', async () => {
    const { body } = await sendForm({ model: 'acme/groq' })
    expect(body.usage).toEqual({ type: 'duration', seconds: 10, cost: 0.001 })
  })

  test('ElevenLabs: words, speakers and the confidence', async () => {
    const { body } = await sendForm({
      model: 'acme/eleven',
      response_format: 'verbose_json',
      diarize: 'true',
      language: 'en',
      'keyterms[]': ['Waygate', 'OpenRouter'],
      'timestamp_granularities[]': ['word', 'segment'],
    })
    expect(sent()[0]?.path).toBe('/elevenlabs/v1/speech-to-text')
    expect(sentBody()).toMatchObject({
      model_id: 'scribe_v2',
      diarize: 'true',
      language_code: 'en',
      keyterms: ['Waygate', 'OpenRouter'],
    })
    expect(body.words?.[0]).toMatchObject({ word: 'The', speaker_label: 'speaker_0', type: 'word' })
    expect(body.segments?.[0]).toMatchObject({ start: 0, end: 2, speaker_label: 'speaker_0' })
    expect(body).toMatchObject({ language: 'eng', language_confidence: 0.98, duration: 2, usage: { cost: 0.0002 } })
  })

  test('Mistral', async () => {
    const { status } = await sendForm({
      model: 'acme/mistral',
      response_format: 'verbose_json',
      diarize: 'true',
      keyterms: '["Waygate"]',
    })
    expect(status).toBe(200)
    expect(sentBody()).toMatchObject({ timestamp_granularities: 'segment', diarize: 'true', context_bias: 'Waygate' })
    expect(sentBody()).not.toHaveProperty('response_format')
  })
})

describe('what is not valid is a 400 that says where', () => {
  const forms: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['response_format', { response_format: 'srt' }],
    ['temperature', { temperature: 'warm' }],
    ['diarize', { diarize: 'true' }],
    ['timestamp_granularities', { 'timestamp_granularities[]': 'word' }],
    ['stream', { stream: 'perhaps' }],
    ['provider', { provider: 'not json' }],
    ['input_audio.url', { source_url: 'https://example.com/a.wav' }],
  ]
  test.each(forms)('%s in a form', async (path, fields) => {
    const { status, body } = await sendForm({ model: 'acme/scribe', ...fields })
    expect(status).toBe(400)
    expect(body.error.message).toContain(path)
    expect(sent()).toEqual([])
  })

  test('no audio, and empty audio', async () => {
    expect((await sendForm({ model: 'acme/scribe' }, null)).status).toBe(400)
    expect((await sendForm({ model: 'acme/scribe' }, Buffer.of())).status).toBe(400)
    expect((await sendJson({ model: 'acme/scribe' }, Buffer.of())).status).toBe(400)
    expect((await sendJson({ model: 'acme/scribe', input_audio: {} })).status).toBe(400)
  })

  test('Base64 that is none, and both data and an address', async () => {
    const broken = await sendJson({ model: 'acme/scribe', input_audio: { data: 'no base64!', format: 'wav' } })
    expect(broken.status).toBe(400)
    expect(broken.body.error.message).toContain('input_audio.data')
    const both = await sendJson({ model: 'acme/scribe', input_audio: { data: 'AAAA', url: 'https://example.com/a' } })
    expect(both.status).toBe(400)
  })

  test('an address inside the operator’s network', async () => {
    const { status, body } = await sendJson({ model: 'acme/scribe', input_audio: { url: 'http://127.0.0.1:1/a.wav' } })
    expect(status).toBe(400)
    expect(body.error.message).toContain('input_audio.url')
  })

  test('audio of more than 25 MB is a 413 in the usual envelope', async () => {
    const { status, body } = await sendForm({ model: 'acme/scribe' }, Buffer.alloc(25_000_001))
    expect(status).toBe(413)
    expect(body.error.message).toContain('25 MB')
    expect(sent()).toEqual([])
  })

  test('a form whose file is in another field than file', async () => {
    const form = formOf({ model: 'acme/scribe' }, null)
    form.append('audio', new Blob([new Uint8Array(audio)]), 'sound.wav')
    const { status, body } = await answered(
      await fetch(address(), { method: 'POST', headers: authorization(), body: form }),
    )
    expect(status).toBe(400)
    expect(body.error.message).toBe('The form has a file in the field "audio": send it as file.')
    expect(sent()).toEqual([])
  })

  test('a form that breaks off, and one without a boundary', async () => {
    const answer = await fetch(address(), {
      method: 'POST',
      headers: { ...authorization(), 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nacme/scribe',
    })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('broke off')
    const none = await fetch(address(), {
      method: 'POST',
      headers: { ...authorization(), 'content-type': 'multipart/form-data' },
      body: 'x',
    })
    expect(none.status).toBe(400)
  })

  test('a model that does not transcribe', async () => {
    const { status, body } = await sendForm({ model: 'acme/writer' })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ availability: { code: 'wrong_endpoint' } })
  })
})

test('a key is checked before the body is read', async () => {
  const { port } = new URL(gateway.url)
  const socket = connect(Number(port))
  socket.write(
    'POST /api/v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-wrong\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n--x',
  )
  const first = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
  expect(first).toMatch(/^HTTP\/1\.1 401 /)
  socket.destroy()
})
