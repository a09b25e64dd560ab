/** Returns the known word that was probably meant; null where none is similar enough. Letter case does not matter. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  const meant = word.toLowerCase()
  // A third of the word may be wrong: more would suggest words that only share a few letters.
  let nearest: { readonly word: string | null; readonly distance: number } = {
    word: null,
    distance: Math.ceil(word.length / 3) + 1,
  }
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= nearest.distance) continue
    const distance = editDistance(meant, candidate.toLowerCase())
    if (distance < nearest.distance) nearest = { word: candidate, distance }
  }
  return nearest.word
}

/** Counts the insertions, deletions and replacements that turn one word into the other (Levenshtein distance). */
function editDistance(from: string, to: string): number {
  // Longer words are hardly typing errors, and the work grows with the product of the lengths.
  if (from.length > 64 || to.length > 64) return Infinity
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[to.length] ?? 0
}
