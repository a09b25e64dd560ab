import { hash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usd } from '../../src/canonical/money.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { asNumber, asObject, at, calls, readJson } from '../acceptance/exchange.ts'
import { describePostgres } from '../engines/engines.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { startServer, type TestServer } from '../features/web-servers.ts'
import { readStream } from '../sse.ts'

/** Five cents for each answer of a hundred tokens, but for the prompt. */
const dear = { prompt: 10, completion: 500 }
const wordy = (provider: string) => ({
  provider,
  model: 'slow-first-token-20+tokens-100',
  pricing: dear,
  supported_parameters: ['max_tokens'],
})
const keys = {
  json: 'sk-or-v1-a-key-of-one-dollar-for-json',
  limited: 'sk-or-v1-a-key-of-one-dollar-for-max-tokens',
  streams: 'sk-or-v1-a-key-of-one-dollar-for-streams',
  fallbacks: 'sk-or-v1-a-key-of-one-dollar-for-fallbacks',
  fees: 'sk-or-v1-a-key-of-one-dollar-for-fees-of-plugins',
  unfit: 'sk-or-v1-a-key-of-one-dollar-for-unfit-answers',
  honest: 'sk-or-v1-a-key-of-twenty-dollars',
}
const bearer = (key: keyof typeof keys) => ({ authorization: `Bearer ${keys[key]}` })

const models = {
  'acme/dear': {
    endpoints: [
      { provider: 'prov-a', model: 'slow-first-token-50+tokens-100', pricing: dear, max_completion_tokens: 400 },
    ],
  },
  'acme/falls-back': {
    endpoints: [
      { provider: 'prov-a', model: 'slow-first-token-20+status-503', pricing: dear, max_completion_tokens: 400 },
      { provider: 'prov-b', model: 'slow-first-token-50+tokens-100', pricing: dear, max_completion_tokens: 400 },
    ],
  },
  'acme/unfit': {
    endpoints: [
      // They get no response format, so they answer in words, and both answers are charged.
      wordy('prov-a'),
      wordy('prov-b'),
    ],
  },
  'acme/large': {
    context_length: 200_000,
    endpoints: [
      {
        provider: 'prov-a',
        model: 'slow-first-token-200+tokens-300',
        pricing: { prompt: 3, completion: 15 },
        max_completion_tokens: 64_000,
      },
    ],
  },
}

let exa: TestServer
beforeAll(async () => {
  exa = await startServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ results: [{ url: 'https://example.com/', title: 'A page', text: 'What it says.' }] }))
  })
})
afterAll(() => exa.close())

/** Gateways that share a database, or one with its own. */
interface Nodes {
  readonly gateways: readonly TestGateway[]
  /** Returns what the database has on record of a key in USD, where nodes have parts of it in their journals. */
  readonly recorded?: (key: string) => Promise<number>
  readonly close?: () => Promise<void>
}

const start = (storage?: object) =>
  startGateway({
    ...(storage !== undefined && { storage }),
    keys: Object.entries(keys).map(([name, key]) => ({ name, key, limit: name === 'honest' ? 20 : 1 })),
    models,
    search: { exa: { base_url: exa.url, api_key: 'key-of-the-engine', price_per_request: 0.02 } },
  })

describeSpending('one node', async () => ({ gateways: [await start()] }))
describePostgres('limits of nodes', ({ newDatabase }) => {
  describeSpending('two nodes', async () => {
    const url = await newDatabase()
    const gateways = [await start({ url }), await start({ url })]
    const books = await openStorage(url)
    const recorded = async (key: string) => usd(await books.usage.spent(hash('sha256', key), 0, []))
    return { gateways, recorded, close: books.close }
  })
})

function describeSpending(name: string, open: () => Promise<Nodes>): void {
  describe(`spending at once: ${name}`, () => {
    let nodes: Nodes
    beforeAll(async () => {
      nodes = await open()
    })
    afterAll(async () => {
      await Promise.all(nodes.gateways.map((gateway) => gateway.close()))
      await nodes.close?.()
    })
    beforeEach(() => nodes.gateways.forEach(({ simulator }) => simulator.clearJournal()))

    /** Asks the nodes in turn. */
    let asked = 0
    const next = (): TestGateway => {
      const gateway = nodes.gateways[asked++ % nodes.gateways.length]
      if (gateway === undefined) throw new Error('There is no gateway.')
      return gateway
    }

    /** Returns what is on record of a key once all nodes agree: what one has in its journal, another does not see yet. */
    const spentBy = async (key: keyof typeof keys): Promise<number> => {
      const sums = async () => {
        const seen = nodes.gateways.map(async (gateway) => {
          const { body } = await readJson(gateway.get('/api/v1/key', bearer(key)))
          return asNumber(at(body, 'data', 'usage'))
        })
        return Promise.all([...seen, ...(nodes.recorded === undefined ? [] : [nodes.recorded(keys[key])])])
      }
      await expect.poll(async () => new Set(await sums()).size, { interval: 200 }).toBe(1)
      return (await sums())[0] ?? 0
    }

    /** Sends so many requests at once, and returns how many of them were answered. The others must be refused for the limit. */
    async function answered(
      count: number,
      key: keyof typeof keys,
      body: Readonly<Record<string, unknown>>,
    ): Promise<number> {
      const replies = await Promise.all(
        Array.from({ length: count }, async () => {
          const reply = await next().chat(body, bearer(key))
          return { status: reply.status, text: await reply.text() }
        }),
      )
      for (const { status, text } of replies) {
        if (status !== 200)
          expect({ status, text }).toEqual({ status: 403, text: expect.stringContaining('Key limit exceeded') })
      }
      return replies.filter(({ status }) => status === 200).length
    }

    describe('contract row 62: 200 requests at once spend no more than the dollar of their key', () => {
      test.each([
        ['json', { model: 'acme/dear' }, 1],
        ['limited', { model: 'acme/dear', max_tokens: 100 }, 15],
        ['streams', { model: 'acme/dear', stream: true }, 1],
        ['fallbacks', { model: 'acme/falls-back', max_tokens: 100 }, 15],
        ['fees', { model: 'acme/dear', max_tokens: 100, plugins: [{ id: 'web', engine: 'exa' }] }, 0],
        ['unfit', { model: 'acme/unfit', max_tokens: 100, response_format: { type: 'json_object' } }, 5],
      ] as const)('%s', async (key, body, least) => {
        expect(await answered(200, key, body)).toBeGreaterThanOrEqual(least)
        // Then one after the other, until the dollar is spent.
        for (let index = 0; index < 25; index++) await answered(1, key, body)
        const spent = await spentBy(key)
        // A stream without max_tokens may cost more than the usual answer that is held for it: on each node, one at the end of a limit.
        const excess = 'stream' in body ? nodes.gateways.length * 0.05 : 0
        expect(spent).toBeLessThanOrEqual(1 + excess)
        expect(spent).toBeGreaterThan(0.85)
        expect(await answered(1, key, { ...body, max_tokens: 400 })).toBe(0)
      })
    })

    test('50 streams at once of a key of 20 dollars pass whole, on a model of 64,000 tokens at 15 dollars a million', async () => {
      const streams = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const reply = await next().chat({ model: 'acme/large', stream: true }, bearer('honest'))
          return { status: reply.status, ...(await readStream(reply)) }
        }),
      )
      for (const { status, done, chunks } of streams) {
        expect({ status, done, error: chunks.at(-1)?.error }).toEqual({ status: 200, done: true, error: undefined })
        expect(asObject(chunks.at(-1)?.usage)['completion_tokens']).toBe(300)
      }
      expect(nodes.gateways.flatMap(calls)).toHaveLength(50)
      expect(await spentBy('honest')).toBeCloseTo(
        50 * (300 * 15e-6 + asNumber(asObject(streams[0]?.chunks.at(-1)?.usage)['prompt_tokens']) * 3e-6),
        9,
      )
    })
  })
}
