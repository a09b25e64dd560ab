import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createDispatcher } from './dispatcher.ts'

test('the limit of a connection is that of the moment at which it begins', async () => {
  // It accepts connections, and never answers the first message of TLS.
  const silent = createServer((socket) => socket.on('error', () => {}))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const options = { connectMs: 600_000 }
  const dispatcher = createDispatcher(options)
  onTestFinished(async () => {
    await dispatcher.destroy()
    silent.close()
  })
  options.connectMs = 1
  const target = { origin: `https://127.0.0.1:${port}`, path: '/', method: 'GET' } as const
  const failure = new Promise((resolve) => {
    const nothing = () => {}
    dispatcher.dispatch(target, {
      onRequestStart: nothing,
      onResponseStart: nothing,
      onResponseData: nothing,
      onResponseEnd: nothing,
      onResponseError: (_, error) => resolve(error),
    })
  })
  expect(await failure).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' })
})
