import type { ChatRequest, Parameters } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { type JsonObject, objectOf } from '../../util/json.ts'
import { gatewayFieldNames } from '../gateway-fields/field-names.ts'
import { withoutEnlarging } from '../gateway-fields/passed-on.ts'
import type { ClaudeTraits } from '../vendors/claude-model.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import { protocolName } from './name.ts'

/** Fields that are written here for every request, from what all languages say. */
const written: ReadonlySet<string> = new Set([
  ...gatewayFieldNames,
  'messages',
  'system',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'service_tier',
  'cache_control',
  'fallbacks',
])

/** What of a request that came in this language goes on as the client wrote it. */
export interface OwnFields {
  readonly isOwn: boolean
  /** The fields that nobody here knows. */
  readonly others: JsonObject
  /** `output_config`, without the parts that are written here. */
  readonly outputConfig: JsonObject
  /** The effort, or that none is said; undefined where it is written anew. */
  effort(traits: ClaudeTraits): JsonObject | undefined
  /** The choice of a tool, if it is still the one to send. */
  toolChoice(sent: Parameters['toolChoice']): JsonObject | undefined
  /** How to think, where this model can be told so in these words. */
  thinking(traits: ClaudeTraits): JsonObject | undefined
  /** The instructions, where nothing was added to them. */
  system(blocks: readonly JsonObject[]): unknown
}

const foreign: OwnFields = {
  isOwn: false,
  others: {},
  outputConfig: {},
  effort: () => undefined,
  toolChoice: () => undefined,
  thinking: () => undefined,
  system: (blocks) => blocks,
}

/**
 * Finds what is passed on unchanged. A parameter that was changed on the way, that the endpoint does not support, or that the model would
 * refuse is not among it, and is written anew.
 */
export function ownFields({ source, parameters: asked }: ChatRequest, endpoint: Endpoint): OwnFields {
  if (source.protocol !== protocolName) return foreign
  const { body } = source
  const parameters = supportedParameters(asked, endpoint)
  const isSame = (...names: readonly (keyof Parameters)[]): boolean =>
    names.every((name) => parameters[name] === source.parameters[name])
  const { effort, format: _, ...outputConfig } = objectOf(body['output_config']) ?? {}
  return {
    isOwn: true,
    others: withoutEnlarging(
      Object.fromEntries(
        Object.entries(body).filter(([name, value]) => !written.has(name) && value !== null && value !== undefined),
      ),
    ),
    outputConfig,
    effort({ efforts }) {
      if (!isSame('reasoning', 'verbosity')) return undefined
      if (effort === undefined || effort === null) return {}
      return efforts.some((known) => known === effort) ? { effort } : undefined
    },
    toolChoice: (sent) =>
      isSame('toolChoice', 'parallelToolCalls') && sent === parameters.toolChoice
        ? objectOf(body['tool_choice'])
        : undefined,
    thinking(traits) {
      const thinking = objectOf(body['thinking'])
      return isSame('reasoning') && thinking !== undefined && takes(traits, thinking) ? thinking : undefined
    },
    system: (blocks) =>
      typeof body['system'] === 'string' && blocks.length === 1 && blocks[0]?.['text'] === body['system']
        ? body['system']
        : blocks,
  }
}

function takes({ thinking, thinkingOff }: ClaudeTraits, { type }: JsonObject): boolean {
  if (type === 'enabled') return thinking === 'budget' || thinking === 'either'
  if (type === 'adaptive') return thinking === 'adaptive' || thinking === 'either'
  return type === thinkingOff
}
