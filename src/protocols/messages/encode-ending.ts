import type { VendorItem } from '../../canonical/content-part.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { FinishReason } from '../../canonical/generation-event.ts'
import { isObject, type JsonObject } from '../../util/json.ts'
import { protocolName } from './name.ts'

export interface Ending {
  readonly reason: FinishReason | null
  readonly native: string | null
  readonly stopSequence: string | null
  readonly refusal: string
}

/** Stop reasons that only Anthropic has, and that are passed on. */
const ownStops: ReadonlySet<string> = new Set(['pause_turn', 'compaction'])

/** Encodes why the answer ended, as the stop fields of the Messages API. */
export function encodeEnding(ending: Ending, own: JsonObject): JsonObject {
  const reason = stopReason(ending)
  return {
    stop_reason: reason,
    stop_sequence: reason === 'stop_sequence' ? ending.stopSequence : null,
    stop_details: own['stop_details'] ?? (reason === 'refusal' ? refusalOf(ending) : null),
  }
}

function stopReason({ reason, native, stopSequence, refusal }: Ending): string {
  switch (reason) {
    case 'tool_calls':
      return 'tool_use'
    case 'length':
      return native === 'model_context_window_exceeded' ? native : 'max_tokens'
    case 'content_filter':
      return 'refusal'
    default:
      if (refusal !== '') return 'refusal'
      if (stopSequence !== null) return 'stop_sequence'
      return native !== null && ownStops.has(native) ? native : 'end_turn'
  }
}

const refusalOf = ({ refusal }: Ending): JsonObject => ({
  type: 'refusal',
  category: null,
  explanation: refusal === '' ? null : refusal,
})

/** Returns the error for an answer that the provider itself reports as failed: the Messages API has no stop reason for it. */
export const failedAnswer = ({ native }: Ending): GatewayError =>
  new GatewayError('provider_unavailable', `The provider broke the answer off: ${native ?? 'error'}.`)

/** Merges the fields of the whole answer that only this protocol has. */
export function ownFields(items: readonly VendorItem[]): JsonObject {
  let fields: JsonObject = {}
  for (const { language, value } of items) {
    if (language !== protocolName) continue
    const usage = { ...usageOf(fields), ...usageOf(value) }
    fields = { ...fields, ...value, ...(Object.keys(usage).length > 0 && { usage }) }
  }
  return fields
}

/** Returns the usage fields that only Anthropic has; an empty object where there are none. */
export const usageOf = ({ usage }: JsonObject): JsonObject => (isObject(usage) ? usage : {})
