import type { CacheControl } from '../../canonical/content-part.ts'
import type { JsonObject } from '../../util/json.ts'
import { cacheMark } from './encode-content.ts'
import type { Conversation, Turn } from './encode-messages.ts'
import { isThought } from './encode-thoughts.ts'

/** Anthropic refuses a fifth. */
const mostBreakpoints = 4

/**
 * Keeps the last four breakpoints, which reach furthest. `automatic` is the request's own `cache_control`: it goes to the last block
 * that can be cached, since Vertex does not do that by itself (contract §1.1).
 */
export function placeBreakpoints(conversation: Conversation, automatic: CacheControl | undefined): Conversation {
  const marked = automatic === undefined ? conversation : withLastMarked(conversation, cacheMark(automatic))
  const blocks = [...marked.system, ...marked.messages.flatMap(({ content }) => content)]
  let excess = blocks.filter(isMarked).length - mostBreakpoints
  if (excess <= 0) return marked
  const limited = (content: readonly JsonObject[]): readonly JsonObject[] =>
    content.map((block) => {
      if (!isMarked(block) || excess <= 0) return block
      excess--
      const { cache_control: _, ...rest } = block
      return rest
    })
  return {
    system: limited(marked.system),
    messages: marked.messages.map((turn) => ({ ...turn, content: limited(turn.content) })),
  }
}

const isMarked = (block: JsonObject): boolean => 'cache_control' in block

function withLastMarked({ system, messages }: Conversation, mark: JsonObject): Conversation {
  const last = messages.findLastIndex(({ content }) => content.some(isCacheable))
  if (last < 0) return { system: markLast(system, mark), messages }
  const marked = messages.map((turn, index): Turn =>
    index === last ? { ...turn, content: markLast(turn.content, mark) } : turn,
  )
  return { system, messages: marked }
}

function markLast(blocks: readonly JsonObject[], mark: JsonObject): readonly JsonObject[] {
  const last = blocks.findLastIndex(isCacheable)
  return blocks.map((block, index) => (index === last && !isMarked(block) ? { ...block, ...mark } : block))
}

const isCacheable = (block: JsonObject): boolean => !isThought(block)
