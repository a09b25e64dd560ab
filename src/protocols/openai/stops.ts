type Stops = string | readonly string[]

/**
 * The texts that are to end an answer, as they were said, without the empty ones: these end nothing, and upstreams refuse them, as they refuse
 * an empty list. Undefined where none is left.
 */
export function withoutEmptyStops(stop: unknown): Stops | undefined {
  if (typeof stop === 'string') return stop === '' ? undefined : stop
  if (!Array.isArray(stop)) return undefined
  const said = stop.filter((text): text is string => typeof text === 'string' && text !== '')
  return said.length === 0 ? undefined : said
}
