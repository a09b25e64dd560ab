import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startGateway } from '../gateway.ts'
import { listen } from '../listen.ts'

/** Raw sound may begin as a packed body does, or as JSON, an event or a page. */
test('speech that begins with any byte reaches the client as it is', async () => {
  const upstream = createServer((request, response) => {
    const bytes: Buffer[] = []
    request
      .on('data', (piece: Buffer) => bytes.push(piece))
      .on('end', () => {
        const first = Number(JSON.parse(Buffer.concat(bytes).toString()).input)
        response.writeHead(200, { 'content-type': 'audio/pcm' }).end(Buffer.alloc(480, first))
      })
  })
  const origin = await listen(upstream)
  const gateway = await startGateway({
    providers: Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url: `${origin}/v1` }])),
    models: {
      'acme/voice': {
        output_modalities: ['speech'],
        endpoints: [{ provider: 'prov-a', model: 'tts', pricing: { character: 15 } }],
      },
    },
  })
  onTestFinished(() => gateway.close())
  for (let first = 0; first < 256; first++) {
    const reply = await gateway.post('/api/v1/audio/speech', {
      model: 'acme/voice',
      input: String(first),
      voice: 'v',
      response_format: 'pcm',
    })
    expect(reply.status).toBe(200)
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(Buffer.alloc(480, first))
  }
})
