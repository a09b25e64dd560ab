import type { CacheControl } from '../../canonical/content-part.ts'
import { Breakpoints } from '../vendors/breakpoints.ts'
import type { ModelFamily } from './model-family.ts'
import type { Block, CachePoint, Conversation, ToolConfig, Turn } from './wire-request.ts'

interface Prompt extends Conversation {
  readonly tools?: ToolConfig
}

/**
 * Keeps the cache points that Bedrock takes. `automatic` is the request's own `cache_control`: its point stands at the very end of the
 * prompt (contract §1.1).
 */
export function placeCachePoints(prompt: Prompt, automatic: CacheControl | undefined, family: ModelFamily): Prompt {
  const messages = withLastMarked(prompt.messages, cachePoints(automatic, family))
  const { tools, system } = prompt
  const count = (blocks: readonly object[]): number => blocks.filter(isPoint).length
  const within = messages.reduce((sum, { content }) => sum + count(content), 0)
  const before = count(tools?.tools ?? []) + count(system)
  if (before + within === 0) return { ...prompt, messages }
  const breakpoints = new Breakpoints(before, within)
  const fit = <Kind extends object>(block: Kind | CachePoint): readonly (Kind | CachePoint)[] => {
    if (!isPoint(block)) return [block]
    const kept = breakpoints.next(block.cachePoint.ttl)
    return kept === null ? [] : [pointOf(kept.ttl)]
  }
  return {
    ...(tools !== undefined && { tools: { ...tools, tools: tools.tools.flatMap(fit) } }),
    system: system.flatMap(fit),
    messages: messages.map((turn) => ({ ...turn, content: turn.content.flatMap(fit) })),
  }
}

/**
 * Returns the cache point that comes after the marked content, for models that take one; otherwise none. Only Claude takes a time to live.
 */
export function cachePoints(control: CacheControl | undefined, family: ModelFamily): readonly CachePoint[] {
  if (control === undefined || !family.caches) return []
  return [pointOf(family.claude === null ? undefined : control.ttl)]
}

const pointOf = (ttl: CacheControl['ttl']): CachePoint => ({
  cachePoint: { type: 'default', ...(ttl !== undefined && { ttl }) },
})

const isPoint = (block: object): block is CachePoint => 'cachePoint' in block

function withLastMarked(messages: readonly Turn[], points: readonly Block[]): readonly Turn[] {
  const last = messages.at(-1)
  const end = last?.content.at(-1)
  if (points.length === 0 || last === undefined || end === undefined || isPoint(end)) return messages
  return [...messages.slice(0, -1), { ...last, content: [...last.content, ...points] }]
}
