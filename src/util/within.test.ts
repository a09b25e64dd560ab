import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { within } from './within.ts'

const late = () => new Error('late')

test('a value in time is returned, and its error; else the error of the limit comes', async () => {
  expect(await within(60_000, Promise.resolve(1), late)).toBe(1)
  await expect(within(60_000, Promise.reject(new Error('its own')), late)).rejects.toThrow('its own')
  await expect(within(1, new Promise(() => {}), late)).rejects.toThrow('late')
})

test('what has arrived while the process was busy is not late', async () => {
  const sent = Promise.withResolvers<void>()
  const server = createServer((socket) => socket.once('data', (ping) => socket.write(ping, () => sent.resolve())))
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const answer = within(20, once(socket, 'readable'), late)
  socket.write('ping')
  await sent.promise
  for (const begun = performance.now(); performance.now() < begun + 100;);
  await answer
  expect(String(socket.read())).toBe('ping')
})
