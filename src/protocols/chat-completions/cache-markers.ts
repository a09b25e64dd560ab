import type { CacheControl } from '../../canonical/content-part.ts'
import { arrayOf, isObject, type JsonObject } from '../../util/json.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'

type Marking = NonNullable<ChatCompletionsQuirks['cacheControl']>

/**
 * Translates the cache marks of one message to the form that the provider takes; a mark on the message stands for one on its last text
 * (contract §2.1, §2.2). The lifetime is not translated.
 */
export function fitCacheMarkers(wire: JsonObject, marking: Marking): JsonObject {
  if (marking === true) return wire
  const { content } = wire
  const parts = arrayOf(content)
  if (!isMarked(wire) && !parts.some((part) => isObject(part) && isForeign(part, marking))) return wire
  const onMessage = encodeMark(wire, marking)
  const { cache_control: _, prompt_cache_breakpoint: __, ...message } = wire
  if (typeof content === 'string' && onMessage !== null) {
    return { ...message, content: [{ type: 'text', text: content, ...onMessage }] }
  }
  if (parts.length === 0) return message
  const fitted = parts.map((part) => (isObject(part) ? fitPart(part, marking) : part))
  const last = fitted.findLastIndex((part) => isObject(part) && part['type'] === 'text')
  return {
    ...message,
    content: fitted.map((part, at) => (at === last && isObject(part) ? { ...onMessage, ...part } : part)),
  }
}

const isMarked = (part: JsonObject): boolean => 'cache_control' in part || 'prompt_cache_breakpoint' in part

/** Tells whether a part has a mark that the provider does not know. */
const isForeign = (part: JsonObject, marking: Marking): boolean =>
  (marking !== 'parts' && 'cache_control' in part) || (marking !== 'breakpoint' && 'prompt_cache_breakpoint' in part)

function fitPart(part: JsonObject, marking: Marking): JsonObject {
  if (!isForeign(part, marking)) return part
  const { cache_control: _, prompt_cache_breakpoint: __, ...plain } = part
  return { ...plain, ...encodeMark(part, marking) }
}

function encodeMark({ cache_control: mark, prompt_cache_breakpoint: breakpoint }: JsonObject, marking: Marking) {
  if (marking === false || (!isObject(mark) && !isObject(breakpoint))) return null
  if (marking === 'breakpoint')
    return { prompt_cache_breakpoint: isObject(breakpoint) ? breakpoint : { mode: 'explicit' } }
  return { cache_control: isObject(mark) ? mark : { type: 'ephemeral' } }
}

/**
 * Encodes the cache mark of content that came in another protocol or was changed on the way, in the form that a client could have written.
 */
export function marker(control: CacheControl | undefined): JsonObject {
  if (control === undefined) return {}
  const { breakpointTtl: ttl, ...mark } = control
  return { cache_control: mark, ...(ttl !== undefined && { prompt_cache_breakpoint: { mode: 'explicit', ttl } }) }
}
