import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaModel, startMediaGateway, type MediaGateway } from '../acceptance/media-gateway.ts'
import { testKey } from '../gateway.ts'

/* What is held for audio follows from what a decoder makes of the file, and not from what its head claims. */

const limited = 'sk-or-v1-test-key-of-one-cent'
const perSecond = { audio_second: 0.001 }

let gateway: MediaGateway
beforeAll(async () => {
  const keys = [
    { name: 'test', key: testKey },
    { name: 'limited', key: limited, limit: 0.01 },
  ]
  gateway = await startMediaGateway({ 'acme/scribe': mediaModel('transcription', perSecond, 'steady') }, [], { keys })
})
afterAll(() => gateway.close())

interface Head {
  readonly format?: number
  readonly rate?: number
  readonly bits?: number
  /** What the head states, beside the numbers that it follows from. */
  readonly bytesPerSecond: number
}

/** A WAV file of one channel. */
function wav(seconds: number, { format = 1, rate = 8_000, bits = 8, bytesPerSecond }: Head): Buffer {
  const samples = Math.ceil((seconds * rate * bits) / 8)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(format, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(bytesPerSecond, 28)
  head.writeUInt16LE(bits / 8, 32)
  head.writeUInt16LE(bits, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples, 40)
  return Buffer.concat([head, Buffer.alloc(samples, 0x80)])
}

/** A WAV file of a minute, in whose head a number is replaced. */
function impossible(offset: number, value: number): Buffer {
  const file = wav(60, { bytesPerSecond: 8_000 })
  file.writeUInt16LE(value, offset)
  return file
}

async function transcribe(audio: Buffer, name = 'a.wav'): Promise<number> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(audio)]), name)
  form.append('model', 'acme/scribe')
  const headers = { authorization: `Bearer ${limited}` }
  const reply = await fetch(`${gateway.url}/api/v1/audio/transcriptions`, { method: 'POST', headers, body: form })
  await reply.text()
  return reply.status
}

test.each([
  ['whose head states a rate that is far too high', wav(60, { bytesPerSecond: 0xff_ff_ff_ff })],
  ['with a sample a second', wav(900, { rate: 1, bytesPerSecond: 1 })],
  [
    'that is compressed, and whose head states a rate that is far too high',
    wav(60, { format: 0x55, bytesPerSecond: 0xff_ff_ff_ff }),
  ],
  [
    'of MP3 behind the head of a WAV file',
    Buffer.concat([wav(0, { rate: 768_000, bits: 64, bytesPerSecond: 1 }), Buffer.alloc(480_000)]),
    'a.mp3',
  ],
  ['whose head states more channels than any sound has', impossible(22, 65_535)],
  ['whose head states a number of bits that no sample has', impossible(34, 64_000)],
])('a file %s is not taken to be short', async (_, audio, name?: string) => {
  const before = gateway.simulator.journal().length
  expect(await transcribe(audio, name)).toBe(403)
  expect(gateway.simulator.journal().length).toBe(before)
})

test('a short file is transcribed within the same limit', async () => {
  expect(await transcribe(wav(2, { bytesPerSecond: 8_000 }))).toBe(200)
})
