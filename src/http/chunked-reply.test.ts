import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChunkedReply } from './chunked-reply.ts'

const texts = ['data: plain\n\n', 'data: é漢\u{1f600}\n\n', `data: ${'long '.repeat(5_000)}\n\n`]

const server = createServer((_, outgoing) => {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
  const reply = new ChunkedReply(outgoing)
  for (const text of texts) reply.write(text)
  reply.end()
})
let port = 0
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  server.close()
})

/** Sends requests on one connection and returns all that comes until it is closed. */
async function exchange(...requests: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (received += piece))
  socket.write(requests.join(''))
  await once(socket, 'close')
  return received
}

test('a client of HTTP/1.1 gets chunks, and may send its next request on the same connection', async () => {
  const received = await exchange(
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  )
  const body = `${texts.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`
  const replies = received.split('HTTP/1.1 200 OK\r\n').slice(1)
  expect(replies.map((reply) => reply.slice(reply.indexOf('\r\n\r\n') + 4))).toEqual([body, body])
  for (const reply of replies) expect(reply.toLowerCase()).toContain('transfer-encoding: chunked\r\n')
})

test('a client of HTTP/1.0 gets the text alone', async () => {
  const received = await exchange('GET / HTTP/1.0\r\n\r\n')
  expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe(texts.join(''))
  expect(received.toLowerCase()).not.toContain('transfer-encoding')
})

test('fetch reads what was written', async () => {
  const reply = await fetch(`http://127.0.0.1:${port}`)
  expect(await reply.text()).toBe(texts.join(''))
})
