import { request, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { isObject } from './json.ts'

/** A reply as the tests see it, with the data that came before a broken end, and how it ended. */
export interface ReceivedReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The text of each read of the body. */
  readonly reads: readonly string[]
  /** `end`, or the code of the error that broke the body off. */
  readonly ending: string
}

export interface SentRequest {
  readonly reply: Promise<ReceivedReply>
  /** Disconnects the client. */
  readonly abort: () => void
}

/** Sends a request that can be aborted. */
export function sendRequest(
  url: string,
  body: object | null,
  method = 'POST',
  headers: IncomingHttpHeaders = {},
): SentRequest {
  const { promise, resolve } = Promise.withResolvers<ReceivedReply>()
  const outgoing = request(url, { method, headers: { 'content-type': 'application/json', ...headers } })
  const failed = (error: NodeJS.ErrnoException): void =>
    resolve({ status: 0, headers: {}, text: '', reads: [], ending: error.code ?? error.message })
  outgoing.on('error', failed)
  outgoing.on('response', (incoming) => {
    outgoing.off('error', failed)
    outgoing.on('error', () => {})
    const reads: string[] = []
    const done = (ending: string): void =>
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: reads.join(''), reads, ending })
    incoming.on('data', (chunk: Buffer) => reads.push(chunk.toString('latin1')))
    incoming.on('end', () => done('end'))
    incoming.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
  })
  outgoing.end(body === null ? '' : JSON.stringify(body))
  return { reply: promise, abort: () => outgoing.destroy() }
}

export const post = (url: string, body: object): Promise<ReceivedReply> => sendRequest(url, body).reply

/** Returns the payloads of all data frames of a stream, parsed where they are JSON. */
export function dataFrames(text: string): readonly unknown[] {
  return text
    .split(/\r?\n\r?\n/)
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => {
      const payload = frame.slice('data: '.length)
      try {
        return JSON.parse(payload)
      } catch {
        return payload
      }
    })
}

/** Follows keys and positions into parsed JSON. Returns undefined where the path ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((place, key) => {
    if (Array.isArray(place)) return place.at(Number(key))
    return isObject(place) ? place[key] : undefined
  }, value)
}

/** Returns the text of a streamed choice. */
export const streamedText = (text: string, index = 0): string =>
  dataFrames(text)
    .filter((frame) => at(frame, 'choices', 0, 'index') === index)
    .map((frame) => at(frame, 'choices', 0, 'delta', 'content') ?? at(frame, 'choices', 0, 'text'))
    .filter((piece) => typeof piece === 'string')
    .join('')

/**
 * Waits for a condition, because the journal records a closed socket a little after the client does. The limit only proves that nothing
 * hangs.
 */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    if (condition()) return
    await after(10)
  }
  throw new Error(`Waited half a minute in vain for ${condition.toString()}`)
}
