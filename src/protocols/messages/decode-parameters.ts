import type { Parameters, ResponseFormat } from '../../canonical/generation-request.ts'
import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import type { ToolChoice } from '../../canonical/tool.ts'
import { decodeMark } from './decode-blocks.ts'
import { decodeTool } from './decode-tool.ts'
import type { MessagesRequest } from './schema/request.ts'
import type { WireToolChoice } from './schema/tool.ts'

/** Decodes the parameters of a request. Null means absent. */
export function decodeParameters(wire: MessagesRequest): Parameters {
  const effort = lastEffort(wire)
  return {
    maxTokens: wire.max_tokens ?? undefined,
    temperature: wire.temperature ?? undefined,
    topP: wire.top_p ?? undefined,
    topK: wire.top_k ?? undefined,
    stop: wire.stop_sequences ?? undefined,
    tools: wire.tools?.map(decodeTool),
    toolChoice: wire.tool_choice ? decodeToolChoice(wire.tool_choice) : undefined,
    parallelToolCalls: isSingle(wire.tool_choice) ? false : undefined,
    responseFormat: decodeFormat(wire.output_config?.format),
    reasoning: decodeThinking(wire.thinking, effort),
    verbosity: thinks(wire.thinking) && wire.thinking?.type !== 'enabled' ? undefined : effort,
    cacheControl: decodeMark(wire.cache_control),
    serviceTier: decodeTier(wire),
  }
}

type Effort = NonNullable<NonNullable<MessagesRequest['output_config']>['effort']>

/** The effort of a turn holds from this turn on, so that the last one counts (contract §2.1). */
const lastEffort = (wire: MessagesRequest): Effort | undefined =>
  wire.messages.findLast(({ output_config }) => output_config?.effort)?.output_config?.effort ??
  wire.output_config?.effort ??
  undefined

function decodeToolChoice(choice: WireToolChoice): ToolChoice {
  if (choice.type === 'tool') return { name: choice.name }
  return choice.type === 'any' ? 'required' : choice.type
}

const isSingle = (choice: WireToolChoice | null | undefined): boolean =>
  choice !== null && choice !== undefined && choice.type !== 'none' && choice.disable_parallel_tool_use === true

type Format = NonNullable<MessagesRequest['output_config']>['format']

/** The protocol has no name for the schema, and other protocols require one. */
const decodeFormat = (format: Format): ResponseFormat | undefined =>
  format ? { type: 'json_schema', name: 'output', schema: format.schema, strict: true } : undefined

type Thinking = MessagesRequest['thinking']

const thinks = (thinking: Thinking): boolean => thinking?.type === 'enabled' || thinking?.type === 'adaptive'

/**
 * Decodes thinking. Where the model decides itself how much to think, the effort is that of the reasoning; otherwise it is the length of
 * the answer, which is `verbosity`.
 */
function decodeThinking(thinking: Thinking, effort: Effort | undefined): ReasoningRequest | undefined {
  switch (thinking?.type) {
    case undefined:
      return undefined
    case 'enabled':
      return { maxTokens: thinking.budget_tokens }
    case 'adaptive':
      return effort === undefined ? { enabled: true } : { effort }
    case 'disabled':
    case 'between_tools':
      return { effort: 'none' }
  }
}

/** Anthropic's `auto` is what every request gets, and its `standard_only` the usual tier (contract §6.10). */
function decodeTier({ service_tier: tier, speed }: MessagesRequest): Parameters['serviceTier'] {
  if (tier === 'fast' || (!tier && speed === 'fast')) return 'priority'
  return tier === 'standard_only' ? 'default' : (tier ?? undefined)
}
