/** Adds items to the end of a list, one by one: `push(...items)` of a hundred thousand is more than the stack holds. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
