import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startGateway, testKey } from '../gateway.ts'
import { listen } from '../listen.ts'
import { heldMemory, megabyte } from './held-memory.ts'

const uploads = 6

/** Starts an upstream that reads a request, discards it, and does not answer until it is told to. */
async function patientUpstream() {
  const answers: (() => void)[] = []
  let received = 0
  const server = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => {
      received += bytes.length
    })
    request.on('end', () => {
      answers.push(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ text: 'Hello.', usage: { type: 'duration', seconds: 3 } }))
      })
    })
  })
  const origin = await listen(server)
  return { url: `${origin}/v1`, answers, received: () => received }
}

/** Sends audio of so many bytes piece by piece, so that the test holds none of it. Resolves with the reply. */
async function send(gatewayUrl: string, type: string, head: string, tail: string, bytes: number): Promise<string> {
  const { hostname, port } = new URL(gatewayUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const reply = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
      if (text.includes('Hello.') || text.includes('"error"')) resolve(text)
    })
    socket.on('close', () => resolve(text))
  })
  socket.write(
    `POST /api/v1/audio/transcriptions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${testKey}\r\n` +
      `content-type: ${type}\r\ncontent-length: ${head.length + bytes + tail.length}\r\n\r\n${head}`,
  )
  const piece = Buffer.alloc(megabyte, 'AAAA')
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!socket.write(piece.subarray(0, Math.min(piece.length, bytes - sent)))) await once(socket, 'drain')
  }
  socket.write(tail)
  const text = await reply
  socket.destroy()
  return text
}

const form = {
  type: 'multipart/form-data; boundary=x',
  head:
    '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nacme/scribe\r\n' +
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\n\r\n',
  tail: '\r\n--x--\r\n',
}
const json = {
  type: 'application/json',
  head: '{"model":"acme/scribe","input_audio":{"format":"mp3","data":"',
  tail: '"}}',
}

test.each([
  ['a form', form],
  ['JSON', json],
])(
  'the memory does not grow with the audio, while %s is read and while the provider works',
  async (_, { type, head, tail }) => {
    const upstream = await patientUpstream()
    const gateway = await startGateway({
      providers: { 'prov-a': { base_url: upstream.url, api_key: 'k' } },
      models: {
        'acme/scribe': {
          input_modalities: ['audio'],
          output_modalities: ['transcription'],
          endpoints: [{ provider: 'prov-a', model: 'whisper', pricing: { audio_second: 0.0001 } }],
        },
        'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'm' }] },
        'acme/m2': { endpoints: [{ provider: 'prov-a', model: 'm' }] },
      },
    })
    onTestFinished(() => gateway.close())
    const bytes = 16 * megabyte
    const sendSome = async (count: number, size: number): Promise<number> => {
      const before = upstream.answers.length
      const replies = Array.from({ length: count }, () => send(gateway.url, type, head, tail, size))
      while (upstream.answers.length < before + count) await turn()
      const held = await heldMemory()
      for (const answer of upstream.answers.slice(before)) answer()
      for (const reply of await Promise.all(replies)) expect(reply).toContain('Hello.')
      return held
    }
    // Code and pools are there after the first.
    await sendSome(uploads, 4_096)
    const small = await sendSome(uploads, 4_096)
    const large = await sendSome(uploads, bytes)
    expect(upstream.received()).toBeGreaterThan(uploads * bytes * 0.7)
    // All of it would be a hundred megabytes.
    expect(large - small).toBeLessThan(12 * megabyte)
  },
)
