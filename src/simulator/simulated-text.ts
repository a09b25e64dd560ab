const vocabulary = (
  'The river carries small boats past quiet fields while morning light slowly warms every stone along its winding bank ' +
  'and old bridges watch fishermen cast nets into deep green water where silver fish hide beneath floating leaves until ' +
  'evening brings cool wind from distant hills then lanterns glow near wooden houses as tired children come home singing ' +
  'songs about tomorrow'
).split(' ')

/** The number of words in an answer when the request does not set a length. */
export const defaultTokens = 12

/** Returns word `position` of the text. Each word occurs once (`river`, … `river2`, …), so that a lost or repeated word is visible. */
export function simulatedWord(position: number): string {
  const round = Math.floor(position / vocabulary.length)
  const word = vocabulary[position % vocabulary.length] ?? ''
  return round === 0 ? word : `${word}${round + 1}`
}

/**
 * Returns the text of a simulated answer: `tokens` words, each one token and one chunk of a stream. Another `variant` gives another text:
 * choice 1 of a request is variant 1, and a diverging continuation has a variant of its own.
 */
export function simulatedText(tokens: number, variant = 0): string {
  const words: string[] = []
  for (let position = 0; position < tokens; position++) words.push(simulatedWord(position + variant * 7))
  return words.join(' ')
}

/** Splits a text into tokens: a word with the space before it. Joined, they are the text again. */
export const splitTokens = (text: string): readonly string[] => text.match(/\s*\S+\s*$|\s*\S+|\s+$/g) ?? []

/** Counts the words of a text. This is the simulator's tokenizer for prompts. */
export function countWords(text: string): number {
  let count = 0
  let inWord = false
  for (let position = 0; position < text.length; position++) {
    const isSpace = text.charCodeAt(position) <= 32
    if (!isSpace && !inWord) count++
    inWord = !isSpace
  }
  return count
}
