import type { CacheControl } from '../../canonical/content-part.ts'
import type { JsonObject } from '../../util/json.ts'
import { cacheMark } from './encode-content.ts'
import type { Conversation } from './encode-messages.ts'

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

/** A turn never ends in a thought, which could not be cached. */
function withLastMarked({ system, messages }: Conversation, mark: JsonObject): Conversation {
  const last = messages.at(-1)
  if (last === undefined) return { system, messages }
  const content = last.content.map((block, index) =>
    index === last.content.length - 1 && !isMarked(block) ? { ...block, ...mark } : block,
  )
  return { system, messages: [...messages.slice(0, -1), { ...last, content }] }
}
