import type { Client } from 'undici'
import { FetchFailure } from './fetch-failure.ts'
import type { Dial } from './guarded-dialer.ts'
import { type ByteBudget, readBytes } from './read-body.ts'
import { ResponseStream } from './response-stream.ts'

interface FetchLimits {
  /** The bytes that may be read. Fetches that belong together share one budget. */
  readonly budget: ByteBudget
  /** The limit for everything together: names, connections, redirects, the body. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface Fetched {
  /** The address from which the bytes came: the last one, where there were redirects. */
  readonly url: string
  /** As the server sent it. */
  readonly contentType: string | undefined
  readonly bytes: Buffer
}

/**
 * Fetches an address of a caller with `GET`. The request contains no data of the operator or the caller.
 * @throws FetchFailure; the signal's reason when that aborted.
 */
export type GuardedFetch = (address: string, limits: FetchLimits) => Promise<Fetched>

const mostRedirects = 5
/** About the longest that servers accept, in characters. The costs of parsing and resolving grow with the length. */
const longestAddress = 8_192
const redirects = new Set([301, 302, 303, 307, 308])

const requestHeaders = {
  'user-agent': 'waygate',
  accept: '*/*',
  // A small body can unpack to a huge one, so compressed bodies are neither requested nor accepted.
  'accept-encoding': 'identity',
}

/**
 * Makes the function that fetches addresses of callers. Every step of a redirect gets a new connection, with the same checks as the first.
 */
export const createGuardedFetch =
  (dial: Dial): GuardedFetch =>
  async (address, { budget, timeoutMs, signal }) => {
    const overdue = AbortSignal.timeout(timeoutMs)
    const either = AbortSignal.any([signal, overdue])
    try {
      let url = parse(address)
      for (let hops = 0; hops <= mostRedirects; hops++) {
        either.throwIfAborted()
        const client = await dial(url, either)
        try {
          const response = await ask(client, url, either)
          if (!redirects.has(response.status)) return await fetched(url, response, budget)
          url = parse(String(response.headers['location'] ?? ''), url)
        } finally {
          await client.destroy()
        }
      }
    } catch (error) {
      signal.throwIfAborted()
      if (overdue.aborted) throw new FetchFailure('failed', 'did not arrive in time', error)
      if (error instanceof FetchFailure) throw error
      throw new FetchFailure('failed', 'could not be fetched from its server', error)
    }
    throw new FetchFailure('failed', `leads to more than ${mostRedirects} redirects`)
  }

function parse(address: string, base?: URL): URL {
  if (address.length > longestAddress) throw new FetchFailure('refused', `is longer than ${longestAddress} characters`)
  const url = URL.parse(address, base?.href)
  if (url === null) throw new FetchFailure('refused', 'is not an http:// or https:// address')
  return url
}

async function ask(client: Client, url: URL, signal: AbortSignal): Promise<ResponseStream> {
  const response = new ResponseStream()
  signal.throwIfAborted()
  signal.addEventListener('abort', () => response.abort(givenUp), { once: true })
  client.dispatch({ method: 'GET', path: url.pathname + url.search, headers: requestHeaders }, response)
  await response.head()
  return response
}

const givenUp = new Error('The fetch was given up.')

async function fetched(url: URL, response: ResponseStream, budget: ByteBudget): Promise<Fetched> {
  const { status, headers } = response
  if (status === 404 || status === 410) throw new FetchFailure('missing', `leads to nothing (status ${status})`)
  if (status !== 200) throw new FetchFailure('failed', `was answered with status ${status}`)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new FetchFailure('failed', 'was answered with a compressed body')
  }
  if (Number(headers['content-length']) > budget.left) throw tooLarge()
  const bytes = await readBytes(response, budget)
  if (bytes === null) throw tooLarge()
  if (bytes.length === 0) throw new FetchFailure('failed', 'was answered with an empty body')
  const contentType = headers['content-type']
  return { url: url.href, contentType: typeof contentType === 'string' ? contentType : undefined, bytes }
}

export const tooLarge = (): FetchFailure => new FetchFailure('too-large', 'leads to more bytes than a request may hold')
