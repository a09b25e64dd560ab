/** Adds items to the end of a list one by one, because `push(...items)` overflows the stack with a hundred thousand items. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
