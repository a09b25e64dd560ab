/** A result of a test: true, false, or null where it is unknown. */
export type Truth = boolean | null

/** Tells whether the test is true of all items. The first item of which it is false decides, and no later item is tested. */
export function every<T>(items: Iterable<T>, holds: (item: T) => Truth): Truth {
  let truth: Truth = true
  for (const item of items) {
    const found = holds(item)
    if (found === false) return false
    if (found === null) truth = null
  }
  return truth
}

/** Tells whether the test is true of at least one item. The first such item decides, and no later item is tested. */
export function some<T>(items: Iterable<T>, holds: (item: T) => Truth): Truth {
  let truth: Truth = false
  for (const item of items) {
    const found = holds(item)
    if (found === true) return true
    if (found === null) truth = null
  }
  return truth
}

/** Tells whether the number of items of which the test is true satisfies `isRight`. */
export function count<T>(items: Iterable<T>, holds: (item: T) => Truth, isRight: (count: number) => boolean): Truth {
  let sure = 0
  let unsure = 0
  for (const item of items) {
    const found = holds(item)
    if (found === true) sure += 1
    if (found === null) unsure += 1
  }
  if (unsure === 0) return isRight(sure)
  const possible = Array.from({ length: unsure + 1 }, (_, more) => isRight(sure + more))
  return new Set(possible).size === 1 ? possible[0] === true : null
}

/** Negates a result; unknown stays unknown. */
export const not = (truth: Truth): Truth => (truth === null ? null : !truth)
