/** Makes a function that runs changes one after the other, where each is checked against what the one before has stored. */
export function inTurn(): <Result>(change: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (change) => {
    const result = last.then(change, change)
    last = result.catch(() => {})
    return result
  }
}
