import type { Dispatcher } from 'undici'
import {
  EngineFailure,
  type EngineFailureReason,
  type EngineLimits,
  type EngineRequest,
} from '../canonical/web-engines.ts'
import { readError } from '../protocols/vendors/read-error.ts'
import { retryAfterMs } from '../protocols/vendors/retry-after.ts'
import type { Clock } from '../util/clock.ts'
import { codeOf } from '../util/code-of.ts'
import { cutText } from '../util/cut-text.ts'
import { parseJson } from '../util/json.ts'
import { sleep } from '../util/sleep.ts'
import { BadEncoding } from './decompressed-body.ts'
import { excessOf } from './most-keys.ts'
import { readText } from './reply-body.ts'
import { ResponseStream } from './response-stream.ts'
import { type Credentials, textWithoutSecrets } from './without-secrets.ts'

/** A call to a search or fetch engine, whose address the operator configured: it may be private. */
export interface EngineCall {
  /** The name of the engine, for messages. */
  readonly name: string
  readonly request: EngineRequest
  /** The headers that hold the key of the engine. */
  readonly credentials: Credentials
  /** Advice for statuses that have a particular meaning at this engine. */
  readonly advice?: Readonly<Record<number, string>>
  /** The largest answer that is read, in bytes. */
  readonly mostBytes?: number
}

/**
 * Returns the JSON that an engine answers with. Repeats the call once when the connection breaks before an answer, or the engine asks for a
 * short wait.
 * @throws EngineFailure; the signal's reason when that aborted.
 */
export type CallEngine = (call: EngineCall, limits: EngineLimits) => Promise<unknown>

/** Pages are read whole. The limit is far more than a model takes. */
const usualBytes = 8_388_608
/** The text of a refusal is about one sentence. */
const mostErrorBytes = 65_536
const errorBodyMs = 2_000
const longestWords = 300
/** A longer wait would delay the client's answer too much. */
const longestWaitMs = 5_000

/** Makes the function that calls engines. */
export const createCallEngine =
  ({ dispatcher, clock }: { readonly dispatcher: Dispatcher; readonly clock: Clock }): CallEngine =>
  async (call, { signal, timeoutMs }) => {
    const endsAt = clock.monotonic() + timeoutMs
    const overdue = new AbortController()
    const timer = setTimeout(() => overdue.abort(), timeoutMs)
    const either = AbortSignal.any([signal, overdue.signal])
    try {
      for (let isFirst = true; ; isFirst = false) {
        const answer = await exchange(dispatcher, clock, call, either)
        if (answer.type === 'body') return answer.body
        const { failure, againAfterMs } = answer
        const waits = againAfterMs !== undefined && againAfterMs <= Math.min(longestWaitMs, endsAt - clock.monotonic())
        if (!isFirst || !waits) throw failure
        await sleep(againAfterMs, either)
        either.throwIfAborted()
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof EngineFailure || !overdue.signal.aborted) throw error
      const seconds = Math.max(1, Math.round(timeoutMs / 100)) / 10
      throw new EngineFailure('timeout', `${call.name} did not answer within ${seconds} s.`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

type Answer =
  | { readonly type: 'body'; readonly body: unknown }
  /** `againAfterMs`: after how long the same call may be repeated. Undefined: a repetition would have the same result. */
  | { readonly type: 'failure'; readonly failure: EngineFailure; readonly againAfterMs?: number }

async function exchange(dispatcher: Dispatcher, clock: Clock, call: EngineCall, signal: AbortSignal): Promise<Answer> {
  const response = new ResponseStream()
  const stop = (): void => response.abort(givenUp)
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    dispatcher.dispatch(dispatchOptions(call), response)
    await response.head()
    if (response.status !== 200) return await refusal(call, response, clock.now())
    return { type: 'body', body: await readJson(call, response) }
  } catch (error) {
    if (error instanceof EngineFailure) return { type: 'failure', failure: error }
    if (error instanceof BadEncoding) return { type: 'failure', failure: unusable(call, `sent ${error.message}`) }
    if (error !== response.failure || signal.aborted) throw error
    const isBegun = response.status !== 0
    const what = isBegun ? 'cut its answer before the end' : 'cannot be reached, or closed the connection'
    // Only the code is shown: messages name addresses inside the operator's network. The logs have them in `cause`.
    const failure = new EngineFailure('unavailable', `${call.name} ${what} (${codeOf(error) || 'unknown'}).`, {
      cause: error,
    })
    return { type: 'failure', failure, againAfterMs: isBegun ? undefined : 0 }
  } finally {
    signal.removeEventListener('abort', stop)
    response.release()
  }
}

const givenUp = new Error('The call was given up.')

function dispatchOptions({
  request,
  credentials,
}: EngineCall): Dispatcher.DispatchOptions & { readonly origin: string } {
  const { origin, pathname, search } = new URL(request.url)
  const body = request.body === undefined ? null : JSON.stringify(request.body)
  return {
    origin,
    path: pathname + search,
    method: request.method,
    headers: {
      accept: 'application/json',
      // A small body can unpack to a huge one. A body that is compressed nevertheless is unpacked up to the limit.
      'accept-encoding': 'identity',
      'user-agent': 'waygate',
      ...(body !== null && { 'content-type': 'application/json' }),
      ...request.headers,
      ...credentials,
    },
    body,
  }
}

async function readJson(call: EngineCall, response: ResponseStream): Promise<unknown> {
  const { mostBytes = usualBytes } = call
  const text = await readText(response, mostBytes)
  if (text === null) throw unusable(call, `sent an answer of more than ${mostBytes} bytes`)
  const excess = excessOf(text)
  if (excess !== null) throw unusable(call, `sent an answer that ${excess}`)
  const body = parseJson(text)
  if (body === undefined) throw unusable(call, 'sent an answer that is not valid JSON')
  return body
}

const unusable = ({ name }: EngineCall, what: string): EngineFailure =>
  new EngineFailure('unusable', `${name} ${what}.`)

/** Reads an answer whose status is not 200. Where its body cannot be read, only the status is used. */
async function refusal(call: EngineCall, response: ResponseStream, receivedAt: number): Promise<Answer> {
  const { status, headers } = response
  const timer = setTimeout(() => response.abort(givenUp), errorBodyMs)
  const text = await readText(response, mostErrorBytes).catch(() => null)
  clearTimeout(timer)
  const body = text === null ? null : (parseJson(text) ?? text)
  const said = readError(body)
  const reason = reasonOf(status)
  const words =
    said.message === undefined ? undefined : textWithoutSecrets(cutText(said.message, longestWords), call.credentials)
  const failure = new EngineFailure(reason, describe(call, status, words), { status, said: words })
  const mayPass = status === 429 || status === 503
  const againAfterMs = mayPass ? retryAfterMs(said, { status, headers, body, receivedAt }) : undefined
  return { type: 'failure', failure, againAfterMs }
}

function describe({ name, advice }: EngineCall, status: number, words: string | undefined): string {
  const said = words === undefined ? '' : `: ${words}`
  const redirect = status >= 300 && status < 400 ? ' Redirects are not followed: correct its base_url.' : ''
  const hint = advice?.[status]
  const sentence = `${name} answered with status ${status}${said}`
  return `${sentence.endsWith('.') ? sentence : `${sentence}.`}${redirect}${hint === undefined ? '' : ` ${hint}`}`
}

function reasonOf(status: number): EngineFailureReason {
  if (status === 401 || status === 402 || status === 403) return 'credentials'
  if (status === 429) return 'rate-limited'
  if (status >= 500) return 'unavailable'
  return status >= 400 ? 'refused' : 'unusable'
}
