import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaModel, type MediaGateway, startMediaGateway } from './media-gateway.ts'

/** Two of these do not fit into the space. */
const large = Buffer.alloc(64_000, 'sound ')

let gateway: MediaGateway
beforeAll(async () => {
  gateway = await startMediaGateway(
    {
      'acme/scribe': mediaModel('transcription', { audio_second: 0.0001 }, 'steady'),
      'acme/never': mediaModel('transcription', { audio_second: 0.0001 }, 'blackhole'),
    },
    [],
    { limits: { uploads_mb: 0.1 } },
  )
})
afterAll(() => gateway.close())

function form(audio: Buffer, model = 'acme/scribe', signal: AbortSignal | null = null): Promise<Response> {
  const body = new FormData()
  body.append('model', model)
  body.append('file', new Blob([new Uint8Array(audio)]), 'sound.wav')
  const headers = { authorization: `Bearer ${gateway.key}` }
  return fetch(`${gateway.url}/api/v1/audio/transcriptions`, { method: 'POST', headers, body, signal })
}
const json = (audio: Buffer): Promise<Response> =>
  gateway.post('/api/v1/audio/transcriptions', {
    model: 'acme/scribe',
    input_audio: { data: audio.toString('base64'), format: 'wav' },
  })
const messageOf = async (reply: Response): Promise<string> => JSON.parse(await reply.text()).error.message

test('audio for which others leave no space is a 503, until they are done', async () => {
  const leaves = new AbortController()
  const first = form(large, 'acme/never', leaves.signal)
  await expect.poll(() => gateway.simulator.journal().length).toBe(1)
  for (const send of [form, json]) {
    const reply = await send(large)
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(await messageOf(reply)).toContain('The audio of other requests takes up the 0.1 MiB (limits.uploads_mb)')
  }
  // What was refused has given back what it had taken.
  expect((await form(large.subarray(0, 32_000))).status).toBe(200)
  leaves.abort()
  await expect(first).rejects.toThrow()
  await expect.poll(async () => (await form(large)).status).toBe(200)
})

test('audio that is larger than all the space is a 413', async () => {
  const reply = await form(Buffer.concat([large, large]))
  expect(reply.status).toBe(413)
  expect(await messageOf(reply)).toBe(
    'The audio is larger than 0.1 MiB (limits.uploads_mb), all that uploads may take here.',
  )
  expect((await json(large)).status).toBe(200)
})
