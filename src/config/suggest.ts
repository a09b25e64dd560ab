import { nearestWord } from '../util/nearest-word.ts'

/** The known word that was probably meant, as a sentence with a leading space; empty when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = nearestWord(word, known)
  return nearest === null ? '' : ` Did you mean "${nearest}"?`
}
