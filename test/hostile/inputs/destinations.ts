import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { answering, type HostileInput, type Target } from '../hostile-input.ts'

const path = '/api/v1/observability/destinations'
const types: Readonly<Record<string, (url: string) => object>> = {
  'otel-collector': (endpoint) => ({ endpoint }),
  langfuse: (baseUrl) => ({ baseUrl, publicKey: 'p', secretKey: 's' }),
  clickhouse: (host) => ({ host }),
  posthog: (endpoint) => ({ endpoint, apiKey: 'k' }),
}

const create = (target: Target, body: object): Promise<Response> =>
  target.post(path, body, { authorization: `Bearer ${target.managementKey}` })

/** Sets up destinations of each type, at a server that takes requests and answers none, while `attack` runs. */
async function withDeadDestinations(
  target: Target,
  perType: number,
  more: object,
  attack: () => Promise<void>,
): Promise<void> {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const ids: string[] = []
  for (const [type, config] of Object.entries(types)) {
    for (let index = 0; index < perType; index++) {
      const created = await create(target, { type, name: `${type} ${index}`, config: config(url), ...more })
      assert.equal(created.status, 201)
      ids.push(Object(await created.json()).data.id)
    }
  }
  await attack()
  for (const id of ids) {
    const headers = { authorization: `Bearer ${target.managementKey}` }
    await (await fetch(`${target.url}${path}/${id}`, { method: 'DELETE', headers })).text()
  }
  server.closeAllConnections()
  server.close()
}

const notFound = answering(404, { error: { message: 'no such model', type: 'not_found_error' } })

/** A generation that costs nothing. */
async function ask(target: Target, content: string): Promise<void> {
  await (await target.chat({ model: 'hostile/only', messages: [{ role: 'user', content }] })).text()
}

const groups = (operator: string, value: string) =>
  Array.from({ length: 20 }, () => ({
    logic: 'or',
    rules: Array.from({ length: 50 }, () => ({ field: 'input', operator, value })),
  }))

export const destinationInputs: readonly HostileInput[] = [
  {
    title: 'broadcast: twenty destinations of an account that never answer, and long texts of three bytes a character',
    async run(target) {
      target.upstreamAnswers(notFound)
      await withDeadDestinations(target, 5, {}, async () => {
        for (let index = 0; index < 20; index++) await ask(target, '文'.repeat(310_000))
      })
    },
  },
  {
    title: 'broadcast: a thousand rules at each destination, whose patterns and texts are slow to find',
    async run(target) {
      target.upstreamAnswers(notFound)
      const slow = await create(target, {
        type: 'otel-collector',
        name: 'slow',
        config: { endpoint: 'http://127.0.0.1:1' },
        filter_rules: { groups: groups('regex', '(.*a){60}z') },
      })
      assert.equal(slow.status, 400)
      assert.match(await slow.text(), /2000 steps together/)
      const rules = { groups: groups('contains', `${'a'.repeat(500)}b${'a'.repeat(499)}`) }
      await withDeadDestinations(target, 1, { filter_rules: rules }, () => ask(target, 'a'.repeat(900_000)))
    },
  },
]
