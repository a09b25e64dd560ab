import type { Dispatcher } from 'undici'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { Candidate } from '../health/candidate.ts'
import type { Clock } from '../util/clock.ts'
import { parseJson } from '../util/json.ts'
import { signedCall, unsignedCall } from './dispatch-options.ts'
import { openCount, type OpenCallOptions } from './open-call.ts'
import { readText } from './reply-body.ts'
import { ResponseStream } from './response-stream.ts'
import { exchangeToken } from './sign/exchange-token.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

/** Asks an endpoint how many tokens a prompt has; null where it cannot be asked, or does not answer. It never throws. */
export type CountTokens = (candidate: Candidate, request: ChatRequest, signal: AbortSignal) => Promise<number | null>

/** An answer that takes longer is not worth the wait: an estimate is available at once. */
const longestMs = 10_000
const mostBytes = 65_536

interface Options extends Pick<OpenCallOptions, 'chatProtocols'> {
  readonly dispatcher: Dispatcher
  readonly providers: (candidate: Candidate) => UpstreamProvider | undefined
  readonly clock: Clock
}

/** Makes the function that asks endpoints for the length of a prompt. */
export function createCountTokens({ dispatcher, clock, providers, ...options }: Options): CountTokens {
  const signTools = { now: () => clock.now(), exchange: exchangeToken(dispatcher) }
  return async (candidate, request, signal) => {
    const provider = providers(candidate)
    const known = provider?.credentials.find(({ reference }) => reference.id === candidate.credential.id)
    if (provider === undefined || known === undefined) return null
    const response = new ResponseStream()
    const giveUp = (): void => response.abort(givenUp)
    const timer = setTimeout(giveUp, longestMs)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      const count = openCount(options, request, candidate.endpoint, provider)
      if (count === null) return null
      const call = unsignedCall(provider, count.upstreamRequest)
      const headers = await provider.sign(call, { apiKey: known.apiKey, variables: provider.variables }, signTools)
      signal.throwIfAborted()
      dispatcher.dispatch(signedCall(call, headers), response)
      await response.head()
      if (response.status !== 200) return null
      return count.decodeCount(parseJson((await readText(response, mostBytes)) ?? ''))
    } catch {
      return null
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      response.release()
    }
  }
}

const givenUp = new Error('The count was given up.')
