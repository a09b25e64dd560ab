import { asArray, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const known = new Set(['functionDeclarations', 'googleSearch', 'urlContext'])

/** Returns the tools that Google runs itself. */
export function nativeNames(body: JsonObject): readonly ('web_search' | 'web_fetch')[] {
  const tools = asArray(body['tools']).filter(isObject)
  return [
    ...(tools.some((tool) => 'googleSearch' in tool) ? (['web_search'] as const) : []),
    ...(tools.some((tool) => 'urlContext' in tool) ? (['web_fetch'] as const) : []),
  ]
}

/**
 * Checks Google's own tools. They have no settings in the Gemini API.
 * @param hasFunctions Whether the request also declares functions.
 * @param isJson Whether it wants a JSON answer.
 * @throws InvalidRequest
 */
export function checkNativeTools(body: JsonObject, isOld: boolean, hasFunctions: boolean, isJson: boolean): void {
  for (const tool of asArray(body['tools']).filter(isObject)) {
    const unknown = Object.keys(tool).find((name) => !known.has(name))
    if (unknown !== undefined) {
      throw new InvalidRequest(`Invalid JSON payload received. Unknown name "tools.${unknown}": Cannot find field.`)
    }
    for (const settings of [tool['googleSearch'], tool['urlContext']]) {
      const [setting] = isObject(settings) ? Object.keys(settings) : []
      if (setting !== undefined) throw new InvalidRequest(`${setting} parameter is not supported in Gemini API.`)
    }
  }
  if (nativeNames(body).length === 0) return
  if (hasFunctions && isOld) {
    throw new InvalidRequest(
      'Built-in tools ({google_search}) and Function Calling cannot be combined in the same request.',
    )
  }
  const config = isObject(body['toolConfig']) ? body['toolConfig'] : {}
  if (hasFunctions && config['includeServerSideToolInvocations'] !== true) {
    throw new InvalidRequest(
      'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
    )
  }
  if (isJson && isOld) {
    throw new InvalidRequest("Tool use with a response mime type: 'application/json' is unsupported")
  }
}
