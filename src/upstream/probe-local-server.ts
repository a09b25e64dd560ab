import type { Dispatcher } from 'undici'
import type { Clock } from '../util/clock.ts'
import { codeOf } from '../util/code-of.ts'
import { isObject, type JsonObject, parseJson } from '../util/json.ts'
import { messageOf } from '../util/message-of.ts'
import { search } from '../util/pattern.ts'
import { BadEncoding } from './decompressed-body.ts'
import { readText } from './reply-body.ts'
import { ResponseStream } from './response-stream.ts'
import { exchangeToken } from './sign/exchange-token.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { trimEnd } from '../util/trim-end.ts'

const listBytes = 4_194_304

type ModelServer = Pick<UpstreamProvider, 'baseUrl' | 'credentials' | 'sign' | 'variables' | 'headers'>

/** The models that a server lists, or in a few words why it lists none. */
export type ModelList =
  | {
      readonly models: readonly string[]
      /** The outputs of models that are not chat models, by their ids. Absent: there are none. */
      readonly outputs?: ReadonlyMap<string, NoChat>
    }
  | { readonly failure: string }

/** The output modality of a model that is not a chat model. */
type NoChat = 'embeddings' | 'rerank'

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
    const text = await readText(response, listBytes)
    const list = text === null ? null : readList(parseJson(text))
    return list ?? { failure: 'what answers there is no list of models' }
  } catch (error) {
    return { failure: reasonOf(error) }
  } finally {
    clearTimeout(timer)
    response.release()
  }
}

function refusal(status: number, pathname: string): string {
  if (status === 401 || status === 403) return `status ${status}, so it wants an api_key, or another one`
  // A base URL without /v1 is the most likely cause.
  const hint = status === 404 && !pathname.includes('/v1') ? ', perhaps since base_url lacks /v1' : ''
  return `status ${status}${hint}`
}

function reasonOf(error: unknown): string {
  if (error instanceof BadEncoding) return `it sent ${error.message}`
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host'
  return code === '' ? messageOf(error) : code
}

function readList(body: unknown): ModelList | null {
  const data = isObject(body) ? body['data'] : undefined
  if (!Array.isArray(data)) return null
  const listed = data.flatMap((model: unknown) =>
    isObject(model) && typeof model['id'] === 'string'
      ? [{ id: model['id'], output: outputOf(model['id'], model) }]
      : [],
  )
  const others = listed.flatMap(({ id, output }) => (output === null ? [] : [[id, output] as const]))
  return { models: listed.map(({ id }) => id), ...(others.length > 0 && { outputs: new Map(others) }) }
}

/**
 * Returns the output of a model that is not a chat model; null for a chat model. Some servers have it in a field of the list (Infinity,
 * llama.cpp, LM Studio). For others, such as Ollama and vLLM, it is found by the name.
 */
function outputOf(id: string, { type, task, capabilities }: JsonObject): NoChat | null {
  const words = [type, task, capabilities].flat().filter((word) => typeof word === 'string')
  const said = words.map(kindOf).find((kind) => kind !== null)
  if (said !== undefined) return said
  const speaks = words.some((word) => search(/^(llm|vlm|chat|completion|text-generation|generate)$/i, word) !== null)
  return speaks ? null : kindOf(id)
}

/**
 * Returns the output that a word suggests; null for none. Rerankers are checked first: some are named after the embedding model of their
 * family.
 */
function kindOf(word: string): NoChat | null {
  if (search(/rerank|cross-?encoder/i, word) !== null) return 'rerank'
  return search(/embed|\b(bge|gte|e5|minilm|paraphrase)\b/i, word) !== null ? 'embeddings' : null
}
