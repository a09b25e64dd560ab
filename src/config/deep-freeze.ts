/** Freezes a tree of plain objects and lists in place. */
export function deepFreeze<Tree>(tree: Tree): Tree {
  if (typeof tree === 'object' && tree !== null) {
    Object.values(tree).forEach(deepFreeze)
    Object.freeze(tree)
  }
  return tree
}
