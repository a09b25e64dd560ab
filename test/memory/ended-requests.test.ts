import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { startGateway } from '../gateway.ts'
import { listen } from '../listen.ts'
import { heldMemory, megabyte } from './held-memory.ts'

const promptBytes = 16 * megabyte

test('nothing of a long prompt is kept after its reply', async () => {
  const message = { role: 'assistant', content: 'word' }
  const answer = JSON.stringify({ id: 'x', choices: [{ index: 0, message, finish_reason: 'stop' }] })
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer))
  })
  const endpoint = { provider: 'prov-a', model: 'm' }
  const gateway = await startGateway({
    providers: { 'prov-a': { base_url: `${await listen(upstream)}/v1`, api_key: 'k' } },
    models: { 'acme/m1': { endpoints: [endpoint] }, 'acme/m2': { endpoints: [endpoint] } },
  })
  const ask = async (length: number): Promise<void> => {
    const reply = await gateway.chat({ messages: [{ role: 'user', content: 'word '.repeat(length / 5) }] })
    expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('word')])
  }
  await ask(100)
  const before = await heldMemory()
  await ask(promptBytes)
  const held = (await heldMemory()) - before
  await gateway.close()
  expect(held).toBeLessThan(promptBytes / 4)
}, 60_000)
