import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { Item } from '../../canonical/item.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { encodeUsage } from '../gateway-fields/encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'

/** Encodes the reply as JSON text (contract §8.A4). The vectors are text already, and are inserted as they are. */
export function encodeResult({ id }: ReplyIdentity, result: GenerationResult): string {
  const { model, provider, items, usage, cost, metadata } = result
  const { prompt_tokens, total_tokens, cost: total, is_byok, cost_details } = encodeUsage(usage, cost)
  const rest = JSON.stringify({
    model,
    provider,
    id,
    usage: { prompt_tokens, total_tokens, cost: total, is_byok, cost_details },
    ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
  })
  return `{"object":"list","data":[${items.map(encodeItem).join(',')}],${rest.slice(1)}`
}

function encodeItem(item: Item): string {
  if (item.type !== 'embedding') return 'null'
  const { encoding, text } = item.vector
  const vector = encoding === 'float' ? text : `"${text}"`
  return `{"object":"embedding","index":${item.index},"embedding":${vector}}`
}
