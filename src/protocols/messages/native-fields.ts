import { type JsonObject, objectOf } from '../../util/json.ts'

/** Fields of a message that clients of Anthropic's read, and that no event says. */
const ofMessage = ['container', 'context_management', 'stop_details', 'input_transformations', 'safeguard_results']

/** The same of its usage: what stands in no count of ours. */
const ofUsage = ['inference_geo', 'iterations', 'speed']

/** Returns the fields that only this protocol has, of a message or of the event that ends it; null where there are none. */
export function nativeFields(message: JsonObject): JsonObject | null {
  const usage = picked(objectOf(message['usage']) ?? {}, ofUsage)
  const fields = { ...picked(message, ofMessage), ...(Object.keys(usage).length > 0 && { usage }) }
  return Object.keys(fields).length > 0 ? fields : null
}

const picked = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined || from[name] === null ? [] : [[name, from[name]]])),
  )
