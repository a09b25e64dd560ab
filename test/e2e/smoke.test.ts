import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: { 'acme/cut': behaving('cut-after-2', 'steady'), 'acme/down': behaving('status-503', 'steady') },
  })
})
afterAll(() => gateway.close())

test('streams', async () => {
  const { chunks, done, text } = await readStream(await gateway.chat({ stream: true }))
  expect(text).toBe(simulatedText(12))
  expect(done).toBe(true)
  expect(chunks.at(-1)?.usage).toBeDefined()
})

test('falls back before the first token', async () => {
  const reply = await gateway.chat({ model: 'acme/down' })
  expect(await reply.json()).toMatchObject({ provider: 'Prov B' })
})

test('a cut after tokens ends with an error in the stream', async () => {
  const { chunks, done } = await readStream(await gateway.chat({ model: 'acme/cut', stream: true }))
  expect(done).toBe(true)
  expect(chunks.at(-1)).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] })
})
