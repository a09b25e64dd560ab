import { asArray, asInteger, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const fields: ReadonlySet<string> = new Set([
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'guardrailConfig',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
])
const configFields: ReadonlySet<string> = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences'])
const tiers: readonly unknown[] = ['default', 'flex', 'priority', 'reserved']

/**
 * Checks everything except messages and tools.
 * @throws InvalidRequest
 */
export function checkParameters(body: JsonObject): void {
  const unknown = Object.keys(body).find((name) => !fields.has(name))
  if (unknown !== undefined) throw new InvalidRequest(`Unexpected field type: ${unknown}`)
  const config = isObject(body['inferenceConfig']) ? body['inferenceConfig'] : {}
  const unknownConfig = Object.keys(config).find((name) => !configFields.has(name))
  if (unknownConfig !== undefined) throw new InvalidRequest(`Unexpected field type: inferenceConfig.${unknownConfig}`)
  const { maxTokens, temperature, topP, stopSequences } = config
  if (maxTokens !== undefined && (asInteger(maxTokens) ?? 0) < 1)
    throw new InvalidRequest('maxTokens must be at least 1.')
  for (const share of [temperature, topP]) {
    if (share !== undefined && (typeof share !== 'number' || share < 0 || share > 1)) {
      throw new InvalidRequest('temperature and topP must be between 0 and 1.')
    }
  }
  if (asArray(stopSequences).some((stop) => typeof stop !== 'string' || stop.trim() === '')) {
    throw new InvalidRequest('stopSequences: each stop sequence must contain non-whitespace')
  }
  const tier = isObject(body['serviceTier']) ? body['serviceTier']['type'] : 'default'
  if (!tiers.includes(tier)) throw new InvalidRequest(`${JSON.stringify(tier)} is no service tier.`)
  checkThinking(body, config)
}

function checkThinking(body: JsonObject, config: JsonObject): void {
  const additional = isObject(body['additionalModelRequestFields']) ? body['additionalModelRequestFields'] : {}
  const { thinking } = additional
  if (!isObject(thinking) || thinking['type'] === 'disabled') return
  if (config['temperature'] !== undefined && config['temperature'] !== 1) {
    throw new InvalidRequest('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if ('top_k' in additional) throw new InvalidRequest('`top_k` must be unset when thinking is enabled.')
  const choice = isObject(body['toolConfig']) ? body['toolConfig']['toolChoice'] : undefined
  if (isObject(choice) && !('auto' in choice)) {
    throw new InvalidRequest('Thinking may not be enabled when tool_choice forces tool use.')
  }
  if (thinking['type'] !== 'enabled') return
  const budget = asInteger(thinking['budget_tokens']) ?? 0
  if (budget < 1024)
    throw new InvalidRequest('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  if (budget >= (asInteger(config['maxTokens']) ?? 0)) {
    throw new InvalidRequest('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
}
