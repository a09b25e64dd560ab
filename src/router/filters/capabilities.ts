import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { EndpointOption } from '../endpoint-option.ts'
import type { Filter, Refusal } from './filter.ts'

/**
 * Keeps the endpoints that support what the request uses (tools, a tool choice, a response format, a verbosity), where a model has such
 * endpoints. Where it has none, all its endpoints stay, and the parameter is left out (contract §6.5). But if no endpoint of any model
 * supports tools, all are left out: an answer without them would be useless (contract §10.13).
 */
export const capabilities: Filter = {
  name: 'tools',
  verdict: { type: 'unavailable', code: 'no_endpoints', wanted: 'support tool use' },
  ruleFor(request, pool) {
    const missing = new Map<EndpointOption, Refusal>()
    for (const name of requestedFeatures(request)) {
      const able = new Set(pool.filter(({ endpoint }) => supportsParameter(endpoint.supportedParameters, name)))
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

function requestedFeatures({ parameters }: GenerationRequest): readonly string[] {
  const { tools, toolChoice, responseFormat, verbosity } = parameters
  const names: string[] = []
  if (tools !== undefined && tools.length > 0) {
    names.push('tools')
    if (toolChoice !== undefined && toolChoice !== 'auto') names.push('tool_choice')
  }
  if (responseFormat?.type === 'json_object') names.push('response_format')
  if (responseFormat?.type === 'json_schema') names.push('structured_outputs')
  if (verbosity !== undefined) names.push('verbosity')
  return names
}
