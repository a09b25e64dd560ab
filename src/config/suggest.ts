/** The known word that was probably meant, as a sentence with a leading space; empty when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  // A third of the word may be wrong: more would suggest words that only share a few letters.
  let nearest = { word: '', distance: Math.ceil(word.length / 3) + 1 }
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < nearest.distance) nearest = { word: candidate, distance }
  }
  return nearest.word === '' ? '' : ` Did you mean "${nearest.word}"?`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(from: string, to: string): number {
  // Longer words are no slips of the finger, and the table grows with the product of the lengths.
  if (from.length > 64 || to.length > 64) return Infinity
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const shifted = Math.min(last[j] ?? 0, row[j - 1] ?? 0) + 1
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      row.push(Math.min(replaced, shifted, swaps ? (beforeLast[j - 2] ?? 0) + 1 : Infinity))
    }
    beforeLast = last
    last = row
  }
  return last[to.length] ?? 0
}
