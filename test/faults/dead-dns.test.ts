import dns from 'node:dns'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { at, generation, readJson } from '../acceptance/exchange.ts'
import { startGateway } from '../gateway.ts'

afterEach(() => void vi.restoreAllMocks())

type Answer = (error: Error | null, addresses: readonly dns.LookupAddress[]) => void

/** What the system does when it is asked for the address of a host. */
const hangs = (): void => {}
const fails = (answer: Answer): void =>
  answer(Object.assign(new Error('getaddrinfo EAI_AGAIN named.example'), { code: 'EAI_AGAIN' }), [])
const works = (answer: Answer): void => answer(null, [{ address: '127.0.0.1', family: 4 }])

test.each([
  ['hangs', hangs],
  ['fails', fails],
])('DNS that %s costs no request its answer where another provider has one, and heals by itself', async (_, dead) => {
  const simulator = await startSimulator()
  onTestFinished(() => simulator.close())
  let ask = dead
  const real = dns.lookup
  vi.spyOn(dns, 'lookup').mockImplementation((...given: readonly unknown[]) => {
    // Addresses are looked up too, without asking anybody.
    if (given[0] !== 'named.example') return Reflect.apply(real, dns, given)
    const answer = given.at(-1)
    ask((error, addresses) => (typeof answer === 'function' ? answer(error, addresses) : undefined))
  })
  const [named, known] = ['prov-a', 'prov-b'].map((provider) => ({
    provider,
    model: 'steady',
    pricing: { prompt: 1 },
  }))
  const gateway = await startGateway({
    timeouts: { connect_ms: 300 },
    providers: {
      'prov-a': { base_url: `http://named.example:${simulator.port}/v1` },
      'prov-b': { base_url: `${simulator.url}/v1` },
      'prov-c': { base_url: `${simulator.url}/v1` },
    },
    models: {
      'acme/both': { endpoints: [named, known] },
      'acme/named': { endpoints: [named] },
      'acme/known': { endpoints: [known] },
    },
  })
  onTestFinished(() => gateway.close())

  const models = Array.from({ length: 60 }, (__, index) => (index % 3 === 0 ? 'acme/both' : 'acme/known'))
  const replies = await Promise.all(models.map((model) => readJson(gateway.chat({ model }))))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(simulator.journal()).toHaveLength(60)
  const failed = await gateway.chat({ model: 'acme/named' })
  expect(failed.status).toBeGreaterThanOrEqual(500)
  // The ledger has all of them, and which call failed.
  const ids = replies.map(({ body }) => body['id'])
  const records = await Promise.all(ids.map((id) => generation(gateway, id)))
  expect(records.filter((record) => at(record, 'total_cost') !== 0)).toHaveLength(60)
  const [first] = records
  expect(at(first, 'provider_responses', 0, 'status')).not.toBe(200)
  expect(at(first, 'provider_responses', 1, 'status')).toBe(200)
  expect(await generation(gateway, failed.headers.get('x-generation-id'))).toMatchObject({ total_cost: 0 })

  ask = works
  const healed = await readJson(gateway.chat({ model: 'acme/named' }))
  expect(healed).toMatchObject({ status: 200, body: { model: 'acme/named' } })
})
