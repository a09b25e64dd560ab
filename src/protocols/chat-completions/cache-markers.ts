import { isObject, type JsonObject } from '../../util/json.ts'

/** How a provider marks the end of what it should cache: Anthropic's way, OpenAI's, or not at all. */
type Marking = boolean | 'breakpoint'

/**
 * The marks of one message in the provider's words; a mark on the message stands for one on its last text (contract §2.1, §2.2). How long
 * to keep is not translated.
 */
export function fitCacheMarkers(wire: JsonObject, marking: Marking): JsonObject {
  const { content } = wire
  const parts = Array.isArray(content) ? content : []
  if (!isMarked(wire) && !parts.some((part) => isObject(part) && isMarked(part))) return wire
  const { cache_control: mark, prompt_cache_breakpoint: breakpoint, ...message } = wire
  const fitted = parts.map((part) => (isObject(part) ? fitPart(part, marking) : part))
  const onMessage = { cache_control: mark, prompt_cache_breakpoint: breakpoint }
  const ends = encodeMark(onMessage, marking)
  if (ends === null) return { ...message, ...(parts.length > 0 && { content: fitted }) }
  if (typeof content === 'string') return { ...message, content: [{ type: 'text', text: content, ...ends }] }
  const last = fitted.findLastIndex((part) => isObject(part) && part['type'] === 'text')
  return {
    ...message,
    ...(parts.length > 0 && {
      content: fitted.map((part, index) => (index === last && isObject(part) ? { ...ends, ...part } : part)),
    }),
  }
}

const isMarked = (part: JsonObject): boolean => 'cache_control' in part || 'prompt_cache_breakpoint' in part

function fitPart(part: JsonObject, marking: Marking): JsonObject {
  const { cache_control: _, prompt_cache_breakpoint: __, ...plain } = part
  return { ...plain, ...encodeMark(part, marking) }
}

function encodeMark({ cache_control: mark, prompt_cache_breakpoint: breakpoint }: JsonObject, marking: Marking) {
  if (marking === false || (!isObject(mark) && !isObject(breakpoint))) return null
  if (marking === 'breakpoint') return { prompt_cache_breakpoint: { mode: 'explicit' } }
  return { cache_control: isObject(mark) ? mark : { type: 'ephemeral' } }
}
