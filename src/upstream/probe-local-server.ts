import type { Dispatcher } from 'undici'
import type { Clock } from '../util/clock.ts'
import { isObject, parseJson } from '../util/json.ts'
import { readBody } from './read-body.ts'
import { ResponseStream } from './response-stream.ts'
import { exchangeToken } from './sign/exchange-token.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { trimEnd } from '../util/trim-end.ts'

const listBytes = 4_194_304

type ModelServer = Pick<UpstreamProvider, 'baseUrl' | 'credentials' | 'sign' | 'variables' | 'headers'>

/** What a server lists, or in a few words why it lists nothing. */
export type ModelList = { readonly models: readonly string[] } | { readonly failure: string }

/** Asks a server for its models: `GET {baseUrl}/models` in OpenAI's list shape, with the first key. It never rejects. */
export async function probeLocalServer(
  { dispatcher, clock }: { readonly dispatcher: Dispatcher; readonly clock: Clock },
  server: ModelServer,
  timeoutMs: number,
): Promise<ModelList> {
  const { origin, pathname, search } = new URL(server.baseUrl)
  const path = `${trimEnd(pathname, '/')}/models${search}`
  const response = new ResponseStream()
  const timer = setTimeout(() => response.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'waygate', ...server.headers }
    const account = { apiKey: server.credentials[0]?.apiKey, variables: server.variables }
    const tools = { now: () => clock.now(), exchange: exchangeToken(dispatcher) }
    const credentials = await server.sign({ method: 'GET', origin, path, headers, body: '' }, account, tools)
    dispatcher.dispatch({ origin, path, method: 'GET', headers: { ...headers, ...credentials } }, response)
    await response.head()
    if (response.status !== 200) return { failure: refusal(response.status, pathname) }
    const text = await readBody(response, listBytes)
    const models = text === null ? null : modelIds(parseJson(text))
    return models === null ? { failure: 'what answers there is no list of models' } : { models }
  } catch (error) {
    return { failure: reasonOf(error) }
  } finally {
    clearTimeout(timer)
    response.release()
  }
}

function refusal(status: number, pathname: string): string {
  if (status === 401 || status === 403) return `status ${status}, so it wants an api_key, or another one`
  // Where a base URL lacks it, that is the likeliest cause.
  const hint = status === 404 && !pathname.includes('/v1') ? ', perhaps since base_url lacks /v1' : ''
  return `status ${status}${hint}`
}

function reasonOf(error: unknown): string {
  const code = isObject(error) ? error['code'] : undefined
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host'
  if (typeof code === 'string') return code
  return error instanceof Error ? error.message : String(error)
}

function modelIds(body: unknown): readonly string[] | null {
  const data = isObject(body) ? body['data'] : undefined
  if (!Array.isArray(data)) return null
  return data.flatMap((model: unknown) => (isObject(model) && typeof model['id'] === 'string' ? [model['id']] : []))
}
