import { once } from 'node:events'
import { createServer } from 'node:http'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, accessRules } from '../../src/http/access.ts'
import { createApp, routes } from '../../src/http/app.ts'
import type { Readiness } from '../../src/http/hooks/refuse-while-not-ready.ts'
import { defineRoute } from '../../src/http/http-route.ts'
import { readJson } from './exchange.ts'
import { idleDependencies } from './idle-dependencies.ts'

/** The result of each access by the credential that the client sends: the status, and the principal that the route receives. */
const expected: Readonly<Record<Access, Readonly<Record<string, readonly [status: number, caller: string | null]>>>> = {
  public: { nothing: [200, null], wrong: [200, null], inference: [200, null], management: [200, null] },
  recognised: {
    nothing: [200, null],
    wrong: [200, null],
    inference: [200, 'inference'],
    management: [200, 'management'],
  },
  key: { nothing: [401, null], wrong: [401, null], inference: [200, 'inference'], management: [200, 'management'] },
  inference: { nothing: [401, null], wrong: [401, null], inference: [200, 'inference'], management: [403, null] },
  generation: { nothing: [401, null], wrong: [401, null], inference: [200, 'inference'], management: [403, null] },
  management: { nothing: [401, null], wrong: [401, null], inference: [403, null], management: [200, 'management'] },
  // The management key of these tests is of another account than the operator's.
  operator: { nothing: [401, null], wrong: [401, null], inference: [403, null], management: [403, null] },
  // These requests come from the machine of the gateway.
  metrics: { nothing: [200, null], wrong: [401, null], inference: [403, null], management: [403, null] },
}
const documented: Readonly<Record<Access, unknown>> = {
  public: [],
  recognised: [{}, { bearer: [] }],
  key: undefined,
  inference: undefined,
  generation: undefined,
  management: undefined,
  operator: undefined,
  metrics: [{}, { bearer: [] }],
}
const accesses: readonly Access[] = [
  'public',
  'recognised',
  'key',
  'inference',
  'generation',
  'management',
  'operator',
  'metrics',
]

const planted = accesses.map((access) =>
  defineRoute({
    method: 'get',
    path: `/planted/${access}/{name}`,
    access,
    id: `planted-${access}`,
    group: 'Gateway',
    summary: 'Planted',
    description: 'Tells who asks.',
    parameters: [{ name: 'name', in: 'path', description: 'Anything.', schema: Type.String() }],
    success: { description: 'Who asks.', json: Type.Object({}) },
    errors: [],
    handle: () => (exchange) =>
      exchange.json({ caller: exchange.caller?.label ?? null, name: exchange.parameters['name'] }),
  }),
)

let readiness: Readiness = 'ready'
const app = createApp({ ...idleDependencies, readiness: () => readiness }, [...routes, ...planted])
const server = createServer(app.handle)
let url: string
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const ask = (path: string, credential: string) =>
  readJson(fetch(url + path, { headers: credential === 'nothing' ? {} : { authorization: `Bearer ${credential}` } }))

test('every access is tried below', () => {
  expect(Object.keys(accessRules).toSorted()).toEqual([...accesses].toSorted())
})

describe.each(accesses)('the access %s', (access) => {
  test.each(Object.entries(expected[access]))('for a client that sends %s', async (credential, [status, caller]) => {
    for (const base of ['/api/v1', '/v1']) {
      const answer = await ask(`${base}/planted/${access}/a%20b`, credential)
      expect(answer.status).toBe(status)
      if (status === 200) expect(answer.body).toEqual({ caller, name: 'a b' })
    }
  })

  test('matches the OpenAPI document', async () => {
    const { body } = await ask('/api/v1/openapi.json', 'nothing')
    expect(Object(body['paths'])[`/planted/${access}/{name}`].get.security).toEqual(documented[access])
  })

  test('while the gateway stops', async () => {
    readiness = 'draining'
    const { status } = await ask(
      `/api/v1/planted/${access}/a`,
      ['management', 'operator', 'metrics'].includes(access) ? 'management' : 'inference',
    )
    readiness = 'ready'
    expect(status).toBe(access === 'generation' ? 503 : access === 'operator' || access === 'metrics' ? 403 : 200)
  })
})
