import { parseJson } from '../util/json.ts'
import type { Dispatcher } from 'undici'
import { readBody } from './read-body.ts'
import { ResponseStream } from './response-stream.ts'
import { trimEnd } from '../util/trim-end.ts'

const listBytes = 4_194_304

/**
 * The models that a server on this machine offers: `GET {baseUrl}/models` in OpenAI's list shape.
 * `null` when nothing that speaks so answers within `timeoutMs`.
 */
export async function probeLocalServer(
  dispatcher: Dispatcher,
  baseUrl: string,
  timeoutMs: number,
): Promise<readonly string[] | null> {
  const { origin, pathname } = new URL(baseUrl)
  const response = new ResponseStream()
  const timer = setTimeout(() => response.abort(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs)
  try {
    dispatcher.dispatch({ origin, path: `${trimEnd(pathname, '/')}/models`, method: 'GET' }, response)
    await response.head()
    const text = response.status === 200 ? await readBody(response, listBytes) : null
    return text === null ? null : modelIds(parseJson(text))
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    response.release()
  }
}

function modelIds(body: unknown): readonly string[] | null {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return null
  return body.data.flatMap((model: unknown) =>
    typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string' ? [model.id] : [],
  )
}
