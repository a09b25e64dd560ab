import { createServer } from 'node:http'
import { expect } from 'vitest'
import type { JournalEntry } from '../../src/simulator/journal.ts'
import { isObject, type JsonObject, numberOf, objectOf, stringOf } from '../../src/util/json.ts'
import { eventually } from '../faults/eventually.ts'
import type { TestGateway } from '../gateway.ts'

/** A complete reply. */
interface JsonReply {
  readonly status: number
  readonly headers: Headers
  readonly body: JsonObject
}

/** Reads a reply that must be JSON. */
export async function readJson(reply: Response | Promise<Response>): Promise<JsonReply> {
  const read = await reply
  expect(read.headers.get('content-type')).toMatch(/^application\/json\b/)
  return { status: read.status, headers: read.headers, body: asObject(JSON.parse(await read.text())) }
}

/** Returns the member of a value at any depth; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((place, key) => {
    if (Array.isArray(place)) return place[Number(key)]
    return isObject(place) ? place[key] : undefined
  }, value)
}

export function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`Expected an object, got ${JSON.stringify(value)}`)
  return value
}

export function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`Expected a text, got ${JSON.stringify(value)}`)
  return value
}

export function asNumber(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`Expected a number, got ${JSON.stringify(value)}`)
  return value
}

/** Returns the requests that reached the upstreams: only inference calls. */
export const calls = (gateway: TestGateway): readonly JournalEntry[] =>
  gateway.simulator.journal().filter(({ method }) => method === 'POST')

/** Returns the providers that were called, in order. */
export const called = (gateway: TestGateway): readonly string[] =>
  calls(gateway).map(({ path }) => path.split('/')[1] ?? '')

/** Returns the body of the last request that reached an upstream. */
export const sent = (gateway: TestGateway): JsonObject => asObject(calls(gateway).at(-1)?.body)

/** Returns the record of a generation. It may take a moment until it can be read (contract §8.A3). */
export function generation(gateway: TestGateway, id: unknown): Promise<JsonObject> {
  return eventually(async () => {
    const { status, body } = await readJson(gateway.get(`/api/v1/generation?id=${asText(id)}`))
    return status === 200 ? asObject(body['data']) : null
  })
}

/** Expects a refusal with the envelope of contract §5.1, and returns its `error`. */
export async function refusal(reply: Promise<Response>, status: number): Promise<JsonObject> {
  const { status: given, body } = await readJson(reply)
  const error = objectOf(body['error'])
  expect({ status: given, body }).toMatchObject({ status, body: { error: { code: status } } })
  expect(stringOf(error?.['message'])?.length ?? 0).toBeGreaterThan(0)
  expect(numberOf(error?.['code'])).toBe(status)
  return asObject(error)
}

interface ScriptedUpstream {
  readonly url: string
  /** Returns the body of the last request. */
  readonly lastRequest: () => JsonObject
  close(): Promise<void>
}

/** Starts an upstream with a fixed reply, for replies that no behaviour of the simulator produces. `reply` is the JSON, or SSE text. */
export async function scriptedUpstream(
  reply: () => { readonly status?: number; readonly body: object | string },
): Promise<ScriptedUpstream> {
  let lastRequest: JsonObject = {}
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      lastRequest = asObject(JSON.parse(Buffer.concat(parts).toString('utf8')))
      const { status = 200, body } = reply()
      const isText = typeof body === 'string'
      response.writeHead(status, { 'content-type': isText ? 'text/event-stream' : 'application/json' })
      response.end(isText ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    lastRequest: () => lastRequest,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends a request that must be answered, and returns the reply's body. */
export async function accepted(gateway: TestGateway, body: JsonObject): Promise<JsonObject> {
  const { status, body: reply } = await readJson(gateway.chat(body))
  expect({ status, error: reply['error'] }).toEqual({ status: 200, error: undefined })
  return reply
}

/** Sends a request that must be refused with 400 before any upstream is called, and returns its `error`. */
export async function refused(gateway: TestGateway, body: JsonObject): Promise<JsonObject> {
  gateway.simulator.clearJournal()
  const error = await refusal(gateway.chat(body), 400)
  expect(calls(gateway)).toEqual([])
  return error
}
