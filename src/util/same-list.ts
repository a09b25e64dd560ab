/** Returns the list that there was, where the new one has the same items: then what is known of that list holds. */
export const sameList = <Item>(before: readonly unknown[], now: readonly Item[]): readonly Item[] =>
  isSame(before, now) ? before : now

const isSame = <Item>(before: readonly unknown[], now: readonly Item[]): before is readonly Item[] =>
  before.length === now.length && now.every((item, index) => item === before[index])
