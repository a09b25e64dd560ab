import { once } from 'node:events'
import { createServer, request as send, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { completed, operations, readReply } from './operations.ts'

const good = 'sk-good-0123456789'
const revoked = 'sk-revoked-0123456789'

describe.each(operations)('$name: a provider key that is refused', ({ path, ask }) => {
  let simulator: Simulator
  /** A proxy in front of the simulator, which refuses all keys but one, with the status in the address. */
  let guard: Server
  let gateway: TestGateway
  /** The keys in the order in which they were tried. */
  let tried: string[] = []
  beforeAll(async () => {
    simulator = await startSimulator()
    guard = createServer((incoming, outgoing) => {
      const key = incoming.headers.authorization?.slice('Bearer '.length) ?? ''
      tried.push(key)
      const status = Number(/^\/(\d+)\//.exec(incoming.url ?? '')?.[1])
      if (key !== good) {
        incoming.resume().on('end', () => {
          outgoing.writeHead(status, { 'content-type': 'application/json' })
          outgoing.end(
            JSON.stringify({ error: { message: `Incorrect API key provided: ${key}`, code: 'invalid_api_key' } }),
          )
        })
        return
      }
      const onward = send(
        simulator.url + incoming.url,
        { method: incoming.method, headers: incoming.headers },
        (reply) => {
          outgoing.writeHead(reply.statusCode ?? 500, reply.headers)
          reply.pipe(outgoing)
        },
      )
      incoming.pipe(onward)
    })
    guard.listen(0, '127.0.0.1')
    await once(guard, 'listening')
    const address = guard.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const statuses = [401, 402, 403, 429]
    const provider = (status: number, keys: readonly string[]) => ({ base_url: `${url}/${status}/v1`, api_keys: keys })
    const served = (slug: string) => ({ endpoints: [{ provider: slug, model: 'steady' }] })
    gateway = await startGateway({
      providers: Object.fromEntries(
        statuses
          .flatMap((status) => [
            [`prov-${status}`, provider(status, [revoked, `${revoked}-2`, good])],
            [`none-${status}`, provider(status, [revoked, `${revoked}-2`])],
          ])
          .concat(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, provider(401, [good])])),
      ),
      models: Object.fromEntries(
        statuses.flatMap((status) => [
          [`key/some-${status}`, served(`prov-${status}`)],
          [`key/none-${status}`, served(`none-${status}`)],
        ]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    guard.closeAllConnections()
    guard.close()
    await simulator.close()
  })
  beforeEach(() => {
    tried = []
  })

  test.each([401, 402, 403, 429])(
    '%i: the next keys are tried in order, later the valid one first; the client sees nothing of it',
    async (status) => {
      const reply = await readReply(await gateway.post(path, { model: `key/some-${status}`, ...ask }))
      expect(reply).toMatchObject({ text: simulatedText(12) })
      const read = await readStream(await gateway.post(path, { model: `key/some-${status}`, ...ask, stream: true }))
      expect(completed(read)).toBe(true)
      expect(read.text).toBe(simulatedText(12))
      expect(tried).toEqual([revoked, `${revoked}-2`, good, good])
      const warned = gateway.log.filter(
        (line) => line.includes('refused this credential') && line.includes(`-${status}@`),
      )
      expect(warned.map((line) => line.includes('sk-revoked'))).toEqual(status === 429 ? [] : [false, false])
    },
  )

  test.each([
    [401, 502],
    [402, 502],
    [403, 502],
    [429, 429],
  ])('%i from all keys becomes a %i that does not mention them', async (status, shown) => {
    for (const stream of [false, true]) {
      tried = []
      const response = await gateway.post(path, { model: `key/none-${status}`, ...ask, stream })
      expect(response.status).toBe(shown)
      expect(await response.text()).not.toContain('sk-revoked')
      expect(tried).toEqual([revoked, `${revoked}-2`])
    }
  })
})
