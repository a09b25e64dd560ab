import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { sendText, stuckMs } from './send.ts'

/** Sends a reply to a client that reads nothing of it. */
async function unread(text: string): Promise<{ readonly outgoing: ServerResponse; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const client = connect(address.port, '127.0.0.1').pause()
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, outgoing]: ServerResponse[] = await once(server, 'request')
  if (outgoing === undefined) throw new Error('There is no reply.')
  sendText(outgoing, 200, text, {})
  return {
    outgoing,
    close: () => {
      client.destroy()
      server.close()
    },
  }
}

test('a reply that is not read is not held for ever', async () => {
  const { outgoing, close } = await unread('a'.repeat(30_000_000))
  expect(outgoing.socket?.timeout).toBe(stuckMs)
  outgoing.socket?.emit('timeout')
  expect(outgoing.socket?.destroyed ?? true).toBe(true)
  close()
})
