import { isObject, type JsonObject, parseJson } from '../../util/json.ts'
import { jsonExcess } from '../../util/json-excess.ts'

/** Deeper than a request may nest. Some thousands of levels would be more than the stack holds when they are written again. */
const deepest = 512

/**
 * The arguments of an earlier call, for languages that take nothing but an object there; what the model wrote amiss, or nests too deep, is
 * shown to it as it was. How much all calls of a request hold together is limited where the request is validated.
 */
export function toolInput(text: string): JsonObject {
  if (text.trim() === '') return {}
  const isTooDeep = jsonExcess(Buffer.from(text), { depth: deepest, keys: Infinity, values: Infinity }) !== null
  const input = isTooDeep ? undefined : parseJson(text)
  return isObject(input) ? input : { arguments: text }
}
