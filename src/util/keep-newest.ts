const newest = new Map<Place, readonly object[]>()

/** A place on the path of a generation. */
type Place = 'request' | 'call'

/**
 * Keeps the newest objects of a place in memory, until the next ones take their place. V8 collects garbage in idle times, and forgets then
 * the hidden classes that no object has, and with them all compiled code that relies on these: the requests after an idle time cost two to
 * five times as much. It forgets a third of that where one request is left (docs/decisions/0041-what-is-left-of-a-request.md). What is
 * kept must be small, because it is kept for as long as nothing happens.
 */
export function keepNewest(place: Place, ...objects: readonly object[]): void {
  newest.set(place, objects)
}
