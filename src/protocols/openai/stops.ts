type Stops = string | readonly string[]

/**
 * Returns the stop sequences of a request as they came, without the empty ones: these stop nothing, and upstreams refuse them, as they
 * refuse an empty list. Returns undefined where none is left.
 */
export function withoutEmptyStops(stop: unknown): Stops | undefined {
  if (typeof stop === 'string') return stop === '' ? undefined : stop
  if (!Array.isArray(stop)) return undefined
  const said = stop.filter((text): text is string => typeof text === 'string' && text !== '')
  return said.length === 0 ? undefined : said
}
