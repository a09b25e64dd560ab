import { isObject, type JsonObject } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'

const identityFields: ReadonlySet<string> = new Set(['user', 'user_id', 'safety_identifier'])
const base64Url = /^data:([^;,]{0,100});base64,/
const longText = 1024

/**
 * Returns the body that was sent upstream in the form that a debug echo may show: without user ids and without megabytes of base64
 * (contract §4.6).
 */
export function redactUpstreamBody(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(redactUpstreamBody)
  if (!isObject(body)) return body
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, redactField(body, name, value)]))
}

function redactField(parent: JsonObject, name: string, value: unknown): unknown {
  if (identityFields.has(name) && typeof value === 'string') return '[REDACTED]'
  if (typeof value !== 'string') return redactUpstreamBody(value)
  const dataUrl = search(base64Url, value)
  if (dataUrl !== null) return `data:${dataUrl[1]};base64,[REDACTED]`
  // The bare base64 of a part, with the field names of OpenAI, Google or Anthropic.
  const isMedia = name === 'data' && ('format' in parent || 'mimeType' in parent || 'media_type' in parent)
  return isMedia && value.length > longText ? '[REDACTED]' : value
}
