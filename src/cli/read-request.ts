import { readFileSync } from 'node:fs'
import { codeOf } from '../util/code-of.ts'
import { type JsonObject, objectOf, parseJson } from '../util/json.ts'
import { messageOf } from '../util/message-of.ts'

/** The request for which a route is explained, and faults are played, where no file holds another. */
export const plainRequest: JsonObject = { messages: [{ role: 'user', content: 'Hello' }] }

/**
 * Reads the body of a request.
 * @throws Error that names the file.
 */
export function readRequest(file: string): JsonObject {
  const body = objectOf(parseJson(readText(file)))
  if (body === undefined) throw new Error(`${file} must hold a JSON object: the body of a chat request.`)
  return body
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Error(`${file}: there is no such file.`, { cause: error })
    const reason = messageOf(error)
    throw new Error(`${file} cannot be read: ${reason}`, { cause: error })
  }
}
