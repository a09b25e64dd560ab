import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { toolsAt } from '../../canonical/native-tool-for.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { EndpointOption } from '../endpoint-option.ts'
import type { Filter, Refusal } from './filter.ts'

/**
 * Keeps the endpoints that support what the request uses (tools, a tool choice, a response format, a verbosity, a search of the provider's
 * own), where a model has such endpoints. Where it has none, all its endpoints stay, and the parameter is left out (contract §6.5). But if no
 * endpoint of any model supports tools, all are left out: an answer without them would be useless (contract §10.13).
 */
export const capabilities: Filter = {
  name: 'tools',
  verdict: { type: 'unavailable', code: 'no_endpoints', wanted: 'support tool use' },
  ruleFor(request, pool) {
    const missing = new Map<EndpointOption, Refusal>()
    for (const { name, isSupported } of requestedFeatures(request)) {
      const able = new Set(pool.filter(({ endpoint }) => isSupported(endpoint)))
      if (able.size === pool.length) continue
      const models = new Set([...able].map(({ endpoint }) => endpoint.model))
      const indispensable = able.size === 0 && (name === 'tools' || name === 'tool_choice')
      for (const option of pool) {
        if (able.has(option) || (!indispensable && !models.has(option.endpoint.model))) continue
        missing.set(option, { field: name, detail: `it does not support ${name}` })
      }
    }
    if (missing.size === 0) return null
    return (_endpoint, option) => missing.get(option) ?? null
  },
}

interface Feature {
  readonly name: string
  readonly isSupported: (endpoint: Endpoint) => boolean
}

const parameter = (name: string): Feature => ({
  name,
  isSupported: ({ supportedParameters }) => supportsParameter(supportedParameters, name),
})

function requestedFeatures({ parameters }: GenerationRequest): readonly Feature[] {
  const { tools = [], toolChoice, responseFormat, verbosity } = parameters
  const features: Feature[] = []
  if (tools.some(({ type }) => type !== 'native')) {
    // Where tools of the provider's own take the place of all functions, no function is needed.
    const needsFunctions = (endpoint: Endpoint): boolean =>
      tools.some(({ type }) => type === 'server') || toolsAt(parameters, endpoint).functions.length > 0
    const unlessReplaced = ({ name, isSupported }: Feature): Feature => ({
      name,
      isSupported: (endpoint) => isSupported(endpoint) || !needsFunctions(endpoint),
    })
    features.push(unlessReplaced(parameter('tools')))
    if (toolChoice !== undefined && toolChoice !== 'auto') features.push(unlessReplaced(parameter('tool_choice')))
  }
  for (const tool of tools) {
    if (tool.type !== 'native') continue
    const isUsed = (endpoint: Endpoint): boolean =>
      toolsAt(parameters, endpoint).native.some((used) => used.tool.name === tool.name)
    features.push({ name: tool.name, isSupported: isUsed })
  }
  if (responseFormat?.type === 'json_object') features.push(parameter('response_format'))
  if (responseFormat?.type === 'json_schema') features.push(parameter('structured_outputs'))
  if (verbosity !== undefined) features.push(parameter('verbosity'))
  return features
}
