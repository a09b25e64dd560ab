import { nearestWord } from '../util/nearest-word.ts'

/** Returns the known word that was probably meant, as a sentence with a leading space. Empty when no word is similar. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = nearestWord(word, known)
  return nearest === null ? '' : ` Did you mean "${nearest}"?`
}
