import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { eventually } from '../faults/eventually.ts'
import { completed } from '../faults/operations.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

const reloads = 100
/** How many streams run at once, and how many other requests. */
const workers = 8
const endpoint = (provider: string, model: string, prompt = 1) => ({
  provider,
  model,
  pricing: { prompt, completion: 2 * prompt },
})

/** Another configuration each time: prices, keys and timeouts change, and models come and go. */
const valid = (turn: number) => ({
  keys: [
    { name: 'test', key: testKey },
    ...(turn % 2 === 0 ? [{ name: 'guest', key: `sk-or-v1-key-of-a-guest-${turn}` }] : []),
  ],
  timeouts: { connect_ms: 2_000 + (turn % 2) },
  models: {
    'acme/slow': { endpoints: [endpoint('prov-a', 'tokens-40+pace-5', 1 + turn)] },
    'acme/quick': { endpoints: [endpoint(turn % 2 === 0 ? 'prov-a' : 'prov-b', 'tokens-3')] },
    [`acme/passing-${turn}`]: { endpoints: [endpoint('prov-c', 'steady')] },
  },
})

/** Files that are refused, each in its own way. */
const invalid = [
  'keys: [',
  'keys: { not: a list }\n',
  '',
  'server: { port: 1 }\n',
  'models:\n  acme/m1:\n    endpoints: [{ provider: openai, model: m1 }]\n',
]

const collect = (): void => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Returns how many timers, sockets and files this process has open, by kind. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Streams, and asks for whole replies, until it is told to stop. Returns what went wrong, and how many requests there were. */
async function load(gateway: TestGateway) {
  const stop = new AbortController()
  const wrong: string[] = []
  let streams = 0
  let replies = 0
  const stream = async (): Promise<void> => {
    const response = await gateway.chat({ model: 'acme/slow', stream: true })
    const read = await readStream(response)
    streams += 1
    if (response.status !== 200 || !completed(read) || read.text !== simulatedText(40)) {
      wrong.push(`a stream: ${response.status} ${read.text}`)
    }
  }
  const ask = async (): Promise<void> => {
    const response = await gateway.chat({ model: 'acme/quick' })
    const text = await response.text()
    replies += 1
    if (response.status !== 200 || !text.includes(simulatedText(3))) wrong.push(`a reply: ${response.status} ${text}`)
  }
  const work = async (once: () => Promise<void>): Promise<void> => {
    while (!stop.signal.aborted) {
      await once().catch((error: unknown) => void wrong.push(String(error)))
    }
  }
  const working = [stream, ask].flatMap((once) => Array.from({ length: workers }, () => work(once)))
  return {
    async ended() {
      stop.abort()
      await Promise.all(working)
      return { wrong, streams, replies }
    },
  }
}

test('100 reloads under load break no request, the invalid ones are refused, and nothing of the old is left', async () => {
  const gateway = await startGateway(valid(0))
  onTestFinished(() => gateway.close())
  await Promise.all(
    [gateway.chat({ model: 'acme/quick' }), gateway.chat({ model: 'acme/slow' })].map(async (reply) =>
      (await reply).text(),
    ),
  )
  const before = resources()
  const offered: WeakRef<object>[] = []

  const running = await load(gateway)
  let refused = 0
  for (let turn = 1; turn <= reloads; turn++) {
    const text = invalid[refused % invalid.length]
    if (turn % 4 === 0 && text !== undefined) {
      refused += 1
      expect(await gateway.reload(text)).toMatchObject({ type: 'refused' })
    } else {
      expect(await gateway.reload(valid(turn))).toMatchObject({ type: 'reloaded' })
      offered.push(new WeakRef(gateway.catalog()))
      expect([...gateway.catalog().models.keys()]).toContain(`acme/passing-${turn}`)
    }
    await pause(10)
  }
  const { wrong, streams, replies } = await running.ended()
  expect(wrong).toEqual([])
  expect(refused).toBe(25)
  expect(streams).toBeGreaterThan(20)
  expect(replies).toBeGreaterThan(100)

  // Each worker has one connection to the gateway, which has one to the provider, and all four ends are in this process.
  const after = resources()
  expect(after['TCPSocketWrap']).toBeLessThanOrEqual(4 * 2 * workers)
  expect(after['Timeout'] ?? 0).toBeLessThanOrEqual((before['Timeout'] ?? 0) + 2 * workers)
  for (const kind of ['TCPServerWrap', 'StatWatcher', 'FSEventWrap', 'MessagePort']) {
    expect([kind, after[kind]]).toEqual([kind, before[kind]])
  }
  // Of all catalogues only the one in use is still in memory.
  await eventually(() => {
    collect()
    return offered.filter((catalog) => catalog.deref() !== undefined).length === 1 ? true : null
  })
}, 120_000)
