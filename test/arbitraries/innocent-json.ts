import * as fc from 'fast-check'

/** JSON without a name that may spell `n` or `__proto__`, which no unknown field may bring to an upstream. */
export const innocentJson = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => !/"(?:[^"\\]|\\.)*(?:n|proto)(?:[^"\\]|\\.)*":/i.test(JSON.stringify(value)))
