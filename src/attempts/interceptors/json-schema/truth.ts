/** Whether something holds; null where that was not found out. */
export type Truth = boolean | null

/** Whether all hold: the first that does not decides, and nothing after it is looked at. */
export function every<T>(items: Iterable<T>, holds: (item: T) => Truth): Truth {
  let truth: Truth = true
  for (const item of items) {
    const found = holds(item)
    if (found === false) return false
    if (found === null) truth = null
  }
  return truth
}

/** Whether at least one holds: the first that does decides. */
export function some<T>(items: Iterable<T>, holds: (item: T) => Truth): Truth {
  let truth: Truth = false
  for (const item of items) {
    const found = holds(item)
    if (found === true) return true
    if (found === null) truth = null
  }
  return truth
}

/** Whether as many hold as `isRight` wants. */
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

export const not = (truth: Truth): Truth => (truth === null ? null : !truth)
