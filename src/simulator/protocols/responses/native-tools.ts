import { asArray, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const openAi = { web_search: 'type filters search_context_size user_location external_web_access' }
const xai = {
  web_search: 'type allowed_domains excluded_domains enable_image_understanding',
  x_search:
    'type allowed_x_handles excluded_x_handles from_date to_date enable_image_understanding enable_video_understanding',
}
const mostXaiDomains = 5

/** Tells whether the provider runs a tool itself. */
export const isNative = (tool: unknown, isXai: boolean): tool is JsonObject =>
  isObject(tool) && (tool['type'] === 'web_search' || (isXai && tool['type'] === 'x_search'))

/** @throws InvalidRequest */
export function checkNativeTool(tool: JsonObject, isXai: boolean): void {
  const fields = isXai ? (tool['type'] === 'x_search' ? xai.x_search : xai.web_search) : openAi.web_search
  const unknown = Object.keys(tool).find((name) => !fields.split(' ').includes(name))
  if (unknown !== undefined) throw new InvalidRequest(`Unknown parameter: 'tools[0].${unknown}'.`)
  if (isXai) return checkXaiLists(tool)
  const { filters, user_location: location } = tool
  if (filters !== undefined && (!isObject(filters) || Object.keys(filters).join() !== 'allowed_domains')) {
    throw new InvalidRequest("Invalid value for 'tools[0].filters'.")
  }
  if (location !== undefined && (!isObject(location) || location['type'] !== 'approximate')) {
    throw new InvalidRequest("Invalid value for 'tools[0].user_location.type'.")
  }
}

function checkXaiLists(tool: JsonObject): void {
  const allowed = asArray(tool['allowed_domains'] ?? tool['allowed_x_handles'])
  const excluded = asArray(tool['excluded_domains'] ?? tool['excluded_x_handles'])
  if (allowed.length > 0 && excluded.length > 0) {
    throw new InvalidRequest('The allowed and the excluded list cannot both be set in the same request.')
  }
  if (tool['type'] === 'web_search' && Math.max(allowed.length, excluded.length) > mostXaiDomains) {
    throw new InvalidRequest(`A maximum of ${mostXaiDomains} domains is supported.`)
  }
}
