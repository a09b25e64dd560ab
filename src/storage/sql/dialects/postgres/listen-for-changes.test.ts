import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { listenForChanges } from './listen-for-changes.ts'

test('while no connection is made, a node looks for changes by itself', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const port = Number(Object(silent.address()).port)
  let looks = 0
  const stop = listenForChanges(
    () => new Client({ host: '127.0.0.1', port, user: 'nobody', database: 'none' }),
    'self',
    { changed: () => looks++, connected() {}, lost() {} },
  )
  onTestFinished(() => {
    stop()
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await expect.poll(() => looks).toBeGreaterThan(1)
  expect(sockets).toHaveLength(1)
})
