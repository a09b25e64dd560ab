import type { CacheControl } from '../../canonical/content-part.ts'
import { isObject, type JsonObject } from '../../util/json.ts'
import { Breakpoints } from '../vendors/breakpoints.ts'
import { cacheMark } from './encode-content.ts'
import type { Conversation } from './encode-messages.ts'
import type { Turn } from './own-turns.ts'

interface Prompt extends Conversation {
  readonly tools?: readonly JsonObject[]
}

/**
 * Keeps the breakpoints that Anthropic takes. `automatic` is the request's own `cache_control`: it goes to the last block that can be
 * cached, since Vertex does not do that by itself (contract §1.1).
 */
export function placeBreakpoints(prompt: Prompt, automatic: CacheControl | undefined): Prompt {
  const messages = automatic === undefined ? prompt.messages : withLastMarked(prompt.messages, cacheMark(automatic))
  const { tools = [], system } = prompt
  const count = (blocks: readonly JsonObject[]): number => blocks.filter(isMarked).length
  const within = messages.reduce((sum, { content }) => sum + count(content), 0)
  const before = count(tools) + count(system)
  if (before + within === 0) return { ...prompt, messages }
  const breakpoints = new Breakpoints(before, within)
  const fit = (block: JsonObject): JsonObject => fitted(block, breakpoints)
  return {
    ...(prompt.tools !== undefined && { tools: tools.map(fit) }),
    system: system.map(fit),
    messages: messages.map((turn) => ({ role: turn.role, content: turn.content.map(fit) })),
  }
}

const isMarked = (block: JsonObject): boolean => 'cache_control' in block

function fitted(block: JsonObject, breakpoints: Breakpoints): JsonObject {
  if (!isMarked(block)) return block
  const { cache_control: mark, ...rest } = block
  const ttl = isObject(mark) ? mark['ttl'] : undefined
  const kept = breakpoints.next(ttl === '1h' || ttl === '5m' ? ttl : undefined)
  return kept === null ? rest : { ...rest, ...cacheMark({ type: 'ephemeral', ...kept }) }
}

/** A turn never ends in a thought, which could not be cached. */
function withLastMarked(messages: readonly Turn[], mark: JsonObject): readonly Turn[] {
  const last = messages.at(-1)
  if (last === undefined) return messages
  const content = last.content.map((block, index) =>
    index === last.content.length - 1 && !isMarked(block) ? { ...block, ...mark } : block,
  )
  return [...messages.slice(0, -1), { role: last.role, content }]
}
