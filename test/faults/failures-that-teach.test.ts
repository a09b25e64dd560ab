import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { called, calls, readJson } from '../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { eventually } from './eventually.ts'

useVirtualTime()

/** The first endpoint is at prov-a, because that is cheaper. `name` gives an upstream model of its own, whose behaviour can be changed. */
const pair = (first: string, name: string) => ({
  endpoints: [
    { provider: 'prov-a', model: `${first}+${name}`, pricing: { prompt: 1, completion: 1 } },
    { provider: 'prov-b', model: 'steady', pricing: { prompt: 2, completion: 2 } },
  ],
})
const alone = (provider: string, model: string) => ({
  endpoints: [{ provider, model, pricing: { prompt: 1, completion: 1 } }],
})

const models = {
  'silent/later': pair('blackhole', 'later'),
  'silent/never': pair('blackhole', 'never'),
  'json/known': pair('steady', 'known'),
  'json/unknown': pair('blackhole', 'unknown'),
  'json/alone': alone('prov-a', 'steady+alone'),
  'close/slow': pair('reset+slow-first-token-5500', 'slow'),
  'close/quick': pair('first-1-reset', 'quick'),
  'model/limited': alone('prov-a', 'retry-after-60'),
  'model/down': alone('prov-a', 'status-503'),
  'model/fine': alone('prov-b', 'steady+fine'),
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ models, routing: { outage_window_s: 30 } })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

/** Changes the behaviour of an upstream model. */
async function behave(model: string, behaviour: string): Promise<void> {
  const body = JSON.stringify({ model, behaviour })
  const { status } = await fetch(`${gateway.simulator.url}/_behaviour`, { method: 'POST', body })
  expect(status).toBe(200)
}

/** Sends as many calls as it takes until the usual behaviour of an endpoint is known. That is computed once per second. */
async function warm(model: string, more: object): Promise<void> {
  for (let call = 0; call < 20; call++) await (await gateway.chat({ model, ...more })).text()
  vi.advanceTimersByTime(1_100)
  gateway.simulator.clearJournal()
}

/** Sends a request, and disconnects this long after the upstream received the call. */
async function leave(model: string, silenceMs: number): Promise<void> {
  const controller = new AbortController()
  const left = fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], stream: true }),
    signal: controller.signal,
  }).then((response) => response.text())
  await eventually(() => calls(gateway)[0])
  await new Promise((resolve) => setTimeout(resolve, silenceMs))
  controller.abort()
  await expect(left).rejects.toThrow()
  await eventually(() => calls(gateway).every(({ closedBy }) => closedBy === 'client') || null)
}

const providerOf = async (model: string): Promise<unknown> => {
  gateway.simulator.clearJournal()
  return (await readJson(gateway.chat({ model, max_tokens: 10 }))).body['provider']
}

describe('a client that gives up', () => {
  test('after seconds of silence sends the next ones elsewhere', async () => {
    await leave('silent/later', 5_200)
    expect(called(gateway)).toEqual(['prov-a'])
    expect(await providerOf('silent/later')).toBe('Prov B')
    expect(called(gateway)).toEqual(['prov-b'])
  })

  test('at once teaches nothing', async () => {
    await leave('silent/never', 100)
    await behave('blackhole+never', 'steady')
    expect(await providerOf('silent/never')).toBe('Prov A')
  })
})

describe('without `stream`', () => {
  test('a call to a known endpoint that stops answering is given up after a few seconds', async () => {
    await warm('json/known', { max_tokens: 10 })
    await behave('steady+known', 'blackhole')
    expect(await providerOf('json/known')).toBe('Prov B')
    expect(called(gateway)).toEqual(['prov-a', 'prov-b'])
  })

  test('the only endpoint is waited for, however quick it used to be', async () => {
    await warm('json/alone', { max_tokens: 10 })
    await behave('steady+alone', 'slow-first-token-3000')
    expect(await providerOf('json/alone')).toBe('Prov A')
    expect(called(gateway)).toEqual(['prov-a'])
  })

  test('`total_ms` leaves time for the second endpoint', async () => {
    const hurried = await startGateway({ models, timeouts: { total_ms: 2_000 } })
    try {
      const { status, body } = await readJson(hurried.chat({ model: 'json/unknown' }))
      expect([status, body['provider']]).toEqual([200, 'Prov B'])
      expect(called(hurried)).toEqual(['prov-a', 'prov-b'])
    } finally {
      await hurried.close()
    }
  })
})

test('a connection that closes without a byte after a long time is not retried at that endpoint', async () => {
  expect(await providerOf('close/quick')).toBe('Prov A')
  expect(called(gateway)).toEqual(['prov-a', 'prov-a'])
  expect(await providerOf('close/slow')).toBe('Prov B')
  expect(called(gateway)).toEqual(['prov-a', 'prov-b'])
})

describe.each(['model/limited', 'model/down'])('%s', (troubled) => {
  test('is moved behind a model that is well, and still tried when that fails', async () => {
    const ask = () => gateway.chat({ model: troubled, models: ['model/fine'] })
    expect((await readJson(ask())).body['model']).toBe('model/fine')
    expect(called(gateway)).toEqual(['prov-a', 'prov-b'])

    gateway.simulator.clearJournal()
    for (let request = 0; request < 7; request++) {
      expect((await readJson(ask())).body['model']).toBe('model/fine')
    }
    expect(called(gateway)).toEqual(Array.from({ length: 7 }, () => 'prov-b'))

    gateway.simulator.clearJournal()
    await behave('steady+fine', 'status-400')
    try {
      await ask()
      expect(called(gateway)).toEqual(['prov-b', 'prov-a'])
    } finally {
      await behave('steady+fine', 'steady')
    }
  })
})
