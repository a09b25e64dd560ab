/** Moves the items for which `test` is true to the front, and keeps the order otherwise. Null where that changes nothing. */
export function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): readonly Item[] | null {
  const first: Item[] = []
  const others: Item[] = []
  let moved = false
  for (const item of items) {
    if (test(item)) {
      moved ||= others.length > 0
      first.push(item)
    } else {
      others.push(item)
    }
  }
  return moved ? [...first, ...others] : null
}
