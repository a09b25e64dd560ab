import type { ChatRequest } from './generation-request.ts'

/** Returns the request with no other tools than those that may be called, for languages that have no way to say which these are. */
export function onlyAllowedTools(request: ChatRequest): ChatRequest {
  const { allowedTools, ...parameters } = request.parameters
  if (allowedTools === undefined) return request
  const tools = parameters.tools?.filter((tool) => tool.type === 'native' || allowedTools.includes(tool.name))
  return { ...request, parameters: { ...parameters, tools } }
}
