import { isObject, type JsonObject, parseJson } from '../../util/json.ts'
import { jsonExcess } from '../../util/json-excess.ts'

/**
 * The deepest nesting of arguments that is parsed; a request cannot nest as deep. To write some thousands of levels again would overflow
 * the stack.
 */
const deepest = 512

/**
 * Returns the arguments of an earlier call as an object, for protocols that take nothing else there. Arguments that are no JSON object or
 * nest too deep are returned as text in a field `arguments`, so that the model sees what it wrote. How much all calls of a request may hold
 * together is limited where the request is validated.
 */
export function toolInput(text: string): JsonObject {
  if (text.trim() === '') return {}
  const isTooDeep = jsonExcess(Buffer.from(text), { depth: deepest, keys: Infinity, values: Infinity }) !== null
  const input = isTooDeep ? undefined : parseJson(text)
  return isObject(input) ? input : { arguments: text }
}
