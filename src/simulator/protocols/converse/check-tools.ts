import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

export const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Checks `toolConfig`.
 * @throws InvalidRequest
 */
export function checkTools({ toolConfig }: JsonObject): void {
  if (toolConfig === undefined) return
  const tools = isObject(toolConfig) ? asArray(toolConfig['tools']).filter(isObject) : []
  if (!isObject(toolConfig) || tools.length === 0)
    throw new InvalidRequest('toolConfig.tools must hold at least one tool.')
  const specs = tools.filter((tool) => !('cachePoint' in tool))
  if (specs.length === 0) throw new InvalidRequest('toolConfig.tools must hold at least one toolSpec.')
  const names = specs.map(checkTool)
  if (new Set(names).size < names.length) throw new InvalidRequest('toolConfig: the names of tools must be unique.')
  const choice = toolConfig['toolChoice']
  if (choice === undefined) return
  const kinds = isObject(choice) ? Object.keys(choice) : []
  if (!isObject(choice) || kinds.length !== 1 || !['auto', 'any', 'tool'].includes(kinds[0] ?? '')) {
    throw new InvalidRequest('toolChoice must be one of auto, any and tool.')
  }
  if (isObject(choice['tool']) && !names.includes(asString(choice['tool']['name']) ?? '')) {
    throw new InvalidRequest('toolChoice names a tool that is not in toolConfig.tools.')
  }
}

function checkTool({ toolSpec }: JsonObject): string {
  const spec = isObject(toolSpec) ? toolSpec : {}
  const name = asString(spec['name']) ?? ''
  if (!namePattern.test(name)) {
    throw new InvalidRequest(`Value '${name}' at 'toolSpec.name' failed to satisfy constraint: ${namePattern.source}`)
  }
  if (spec['description'] === '') throw new InvalidRequest('toolSpec.description must hold at least one character.')
  const schema = isObject(spec['inputSchema']) ? spec['inputSchema']['json'] : undefined
  if (!isObject(schema) || schema['type'] !== 'object') {
    throw new InvalidRequest('The value at toolSpec.inputSchema.json.type must be one of the following: object.')
  }
  return name
}
