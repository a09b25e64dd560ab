import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { startGateway, testKey } from '../gateway.ts'
import { listen } from '../listen.ts'
import { heldMemory, megabyte } from './held-memory.ts'

const streams = 12
const promptBytes = 4 * megabyte

/** Starts an upstream that reads a request, discards it, begins a stream and leaves it open. */
async function openUpstream() {
  const replies: ServerResponse[] = []
  let read = 0
  const server = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => {
      read += bytes.length
    })
    request.on('end', () => {
      replies.push(response)
      const chunk = { id: 'x', choices: [{ index: 0, delta: { content: 'word' }, finish_reason: null }] }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${JSON.stringify(chunk)}\n\n`)
    })
  })
  const origin = await listen(server)
  return { url: `${origin}/v1`, replies, received: () => read }
}

/** Sends a long prompt piece by piece, so that the test holds none of it. Resolves when the first word has arrived. */
async function ask(gatewayUrl: string): Promise<Socket> {
  const { hostname, port } = new URL(gatewayUrl)
  const head = '{"model":"acme/m1","stream":true,"messages":[{"role":"user","content":"'
  const tail = '"}]}'
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(
    `POST /api/v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${testKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${head.length + promptBytes + tail.length}\r\n\r\n${head}`,
  )
  const piece = 'word '.repeat(megabyte / 5).padEnd(megabyte, '.')
  for (let sent = 0; sent < promptBytes; sent += piece.length) {
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.write(tail)
  for (let text = ''; !text.includes('"word"');) text += String((await once(socket, 'data'))[0])
  return socket
}

test('an open stream keeps nothing of its prompt in memory once the upstream has it', async () => {
  const upstream = await openUpstream()
  const gateway = await startGateway({
    providers: { 'prov-a': { base_url: upstream.url, api_key: 'k' } },
    models: {
      'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'm' }] },
      'acme/m2': { endpoints: [{ provider: 'prov-a', model: 'm' }] },
    },
  })
  // The first request creates what all requests share.
  const sockets = [await ask(gateway.url)]
  const before = await heldMemory()
  for (let opened = 0; opened < streams; opened++) sockets.push(await ask(gateway.url))
  expect(upstream.replies).toHaveLength(streams + 1)
  expect(upstream.received()).toBeGreaterThan((streams + 1) * promptBytes)
  const held = (await heldMemory()) - before
  for (const socket of sockets) socket.destroy()
  await gateway.close()
  // A tenth of what was sent, because every stream has its buffers, and one prompt may still be on its way out.
  expect(held).toBeLessThan((streams * promptBytes) / 10)
}, 60_000)
