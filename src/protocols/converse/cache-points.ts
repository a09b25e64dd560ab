import type { CacheControl } from '../../canonical/content-part.ts'
import type { Conversation } from './encode-messages.ts'
import type { ModelFamily } from './model-family.ts'
import type { Block, SystemBlock } from './wire-request.ts'

/** A fifth is refused. */
const mostPoints = 4

/**
 * Keeps the last four cache points, which reach furthest. `automatic` is the request's own `cache_control`: its point stands at the
 * very end of the prompt (contract §1.1).
 */
export function placeCachePoints(
  conversation: Conversation,
  automatic: CacheControl | undefined,
  family: ModelFamily,
): Conversation {
  const marked =
    automatic === undefined || !family.caches ? conversation : withLastMarked(conversation, automatic, family)
  const blocks: readonly (SystemBlock | Block)[] = [
    ...marked.system,
    ...marked.messages.flatMap(({ content }) => content),
  ]
  let excess = blocks.filter(isPoint).length - mostPoints
  if (excess <= 0) return marked
  const isKept = (block: Block): boolean => !isPoint(block) || excess-- <= 0
  return {
    system: marked.system.filter(isKept),
    messages: marked.messages.map((turn) => ({ ...turn, content: turn.content.filter(isKept) })),
  }
}

const isPoint = (block: Block): boolean => 'cachePoint' in block

function withLastMarked(conversation: Conversation, { ttl }: CacheControl, { claude }: ModelFamily): Conversation {
  const last = conversation.messages.at(-1)
  const end = last?.content.at(-1)
  if (last === undefined || end === undefined || isPoint(end)) return conversation
  const point: Block = { cachePoint: { type: 'default', ...(claude !== null && ttl !== undefined && { ttl }) } }
  return {
    ...conversation,
    messages: [...conversation.messages.slice(0, -1), { ...last, content: [...last.content, point] }],
  }
}
