import { isObject, type JsonObject, numberOf, objectOf, parseJson, stringOf } from '../util/json.ts'
import { type Surface, surfaces } from './surfaces.ts'

/** What is different from a streamed chat request. */
export interface Ask {
  readonly surface?: keyof typeof surfaces
  /** Default: true. */
  readonly stream?: boolean
  /** Further fields of the body. */
  readonly body?: JsonObject
  /** Leave once this many events with text have come. */
  readonly leaveAfter?: number
}

/** What the client got. */
export interface Answer {
  /** `complete`: it looks so to a client; whether it is, only the text shows. `hung`: nothing came for too long. */
  readonly type: 'complete' | 'error' | 'left' | 'hung'
  readonly text: string
  /** The status of the answer: of an error its code, else that of HTTP. 0 where there is none, as in an error inside a stream without a code. */
  readonly status: number
  /** The message of the error. */
  readonly message: string
  /** What the error quotes of the provider. */
  readonly quoted: string
  /** Whether the error came inside a stream. */
  readonly inStream: boolean
  /** The provider that the answer names. */
  readonly provider: string | null
  readonly cost: number | null
  readonly completionTokens: number | null
  readonly id: string | null
  readonly tookMs: number
}

/** The longest wait for an answer, above the time limit of a whole request. */
const patienceMs = 20_000

/** Sends one request, and reads its answer as a client does. Never rejects. */
export async function ask(url: string, key: string, request: JsonObject, options: Ask = {}): Promise<Answer> {
  const { surface: name = 'chat', stream = true, body, leaveAfter } = options
  const surface = surfaces[name]
  const startedAt = performance.now()
  const leaving = new AbortController()
  const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(patienceMs)])
  let answer: Omit<Answer, 'tookMs'> = nothing
  try {
    const { messages, ...fields } = request
    const response = await fetch(`${url}/api/v1/${surface.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, ...surface.ask(messages), ...body, stream }),
      signal,
    })
    answer = { ...nothing, status: response.status, id: response.headers.get('x-generation-id') }
    const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
    const isEnough = (text: string): boolean =>
      leaveAfter !== undefined && surface.readStream(eventsOf(text)).pieces >= leaveAfter
    const text = await readText(response, isEnough, () => leaving.abort())
    const read = isStream ? surface.readStream(eventsOf(text)) : surface.readReply(objectOf(parseJson(text)) ?? {})
    answer = { ...answer, ...outcomeOf(read, response.status, isStream) }
  } catch (error) {
    answer = { ...answer, type: leaving.signal.aborted ? 'left' : 'hung', message: String(error) }
  }
  return { ...answer, tookMs: Math.round(performance.now() - startedAt) }
}

const nothing: Omit<Answer, 'tookMs'> = {
  type: 'hung',
  text: '',
  status: 0,
  message: '',
  quoted: '',
  inStream: false,
  provider: null,
  cost: null,
  completionTokens: null,
  id: null,
}

/** Reads a body to its end, or until enough has come. */
async function readText(response: Response, isEnough: (text: string) => boolean, leave: () => void): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (isEnough(text)) leave()
  }
  return text
}

/** Returns the JSON of each event of a stream. `[DONE]` is no JSON. */
const eventsOf = (text: string): readonly JsonObject[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => parseJson(line.slice('data: '.length)))
    .filter(isObject)

function outcomeOf(read: ReturnType<Surface['readStream']>, httpStatus: number, isStream: boolean): Partial<Answer> {
  const { text, isComplete, error, usage, provider } = read
  const common = {
    text,
    provider: provider ?? null,
    cost: numberOf(usage?.['cost']) ?? null,
    completionTokens: numberOf(usage?.['completion_tokens'] ?? usage?.['output_tokens']) ?? null,
  }
  // What ends without an error and without the end of its surface is cut off: every client reports that.
  if (error === undefined && isComplete) return { ...common, type: 'complete' }
  return {
    ...common,
    type: 'error',
    status: numberOf(error?.['code']) ?? (isStream ? 0 : httpStatus),
    message: error === undefined ? 'the connection ended in the middle' : (stringOf(error['message']) ?? ''),
    quoted: JSON.stringify(objectOf(error?.['metadata'])?.['raw'] ?? null),
    inStream: isStream,
  }
}
