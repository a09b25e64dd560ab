import { isObject, type JsonObject, parseJson } from '../../util/json.ts'

/**
 * The arguments of an earlier call, for languages that take nothing but an object there; what the model wrote amiss is shown to it as
 * it was.
 */
export function toolInput(text: string): JsonObject {
  if (text.trim() === '') return {}
  const input = parseJson(text)
  return isObject(input) ? input : { arguments: text }
}
