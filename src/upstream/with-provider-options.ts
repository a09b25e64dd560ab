import { plainName, withoutOurs } from '../protocols/gateway-fields/passed-on.ts'
import { isObject, type JsonObject } from '../util/json.ts'

/**
 * Adds the fields that the client has for this provider alone to a body (contract §1.2). Fields that the body already has stay as they are,
 * in whatever spelling. What the gateway writes, holds or bills by is left out at any depth.
 */
export const withProviderOptions = (body: JsonObject, options: JsonObject | undefined): JsonObject =>
  options === undefined ? body : completed(body, withoutOurs(options))

function completed(body: JsonObject, options: JsonObject): JsonObject {
  const names = new Set(Object.keys(body).map(plainName))
  const added = Object.entries(options).flatMap(([name, value]) => {
    if (!names.has(plainName(name))) return [[name, value] as const]
    const written = Object.hasOwn(body, name) ? body[name] : undefined
    return isObject(written) && isObject(value) ? [[name, completed(written, value)] as const] : []
  })
  return { ...body, ...Object.fromEntries(added) }
}
