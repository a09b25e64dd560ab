import { request, type IncomingMessage } from 'node:http'
import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { standstill } from '../standstill.ts'
import { operations } from './operations.ts'

/** More than 15 MB of events. */
const tokens = 60_000
/** What the kernel may buffer for both connections of one stream, and what the gateway may hold. */
const bufferedBytes = 15_000_000

describe.each(operations)('$name: clients that do not read', ({ path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models: { 'slow/long': behaving(`tokens-${tokens}`) } })
  })
  afterAll(() => gateway.close())

  /** Opens a stream whose bytes stay unread. */
  const unread = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = request(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      })
      outgoing.on('error', reject).on('response', resolve)
      outgoing.end(JSON.stringify({ model: 'slow/long', ...ask, stream: true }))
    })

  const sent = (): readonly number[] => gateway.simulator.journal().map(({ bytesSent }) => bytesSent)

  test('pause the upstream, delay no other client, and lose nothing when they read on', async () => {
    const responses = await Promise.all(Array.from({ length: 5 }, unread))
    // Waits until the upstreams send nothing more.
    await standstill(() => String(sent()))
    expect(sent()).toHaveLength(5)
    expect(Math.max(...sent())).toBeLessThan(bufferedBytes)
    expect(gateway.simulator.journal().every(({ finishedAt }) => finishedAt === null)).toBe(true)

    const fast = await Promise.all(
      Array.from({ length: 20 }, async () => readStream(await gateway.chat({ stream: true }))),
    )
    expect(fast.filter(({ done, text }) => done && text === simulatedText(12))).toHaveLength(20)

    const [first, ...others] = responses
    for (const other of others) other.destroy()
    if (first === undefined) throw new Error('There is no response.')
    let text = ''
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return
        const [choice] = JSON.parse(data).choices
        text += choice?.delta?.content ?? choice?.text ?? ''
      },
    })
    for await (const chunk of first.setEncoding('utf8')) parser.feed(chunk)
    expect(text === simulatedText(tokens)).toBe(true)
  })
})
