import type { Flag, ModerationRule } from '../../canonical/moderation.ts'

/** The most words that `*` stands for. */
const mostBetween = 3

/** One word of a term: the word itself, the beginning of a word (`explo*`), or up to three words of any kind (`*`). */
type TermWord = { readonly type: 'word' | 'beginning'; readonly text: string } | { readonly type: 'gap' }

interface Term {
  readonly category: string
  readonly words: readonly TermWord[]
}

/**
 * Rules in the form in which they are looked up. A text is split into words once, and at each word only the terms that may begin there are
 * tried, so that the time grows with the text and not with the rules.
 */
export class RuleSet {
  readonly #byWord = new Map<string, Term[]>()
  /** The terms whose first word is a beginning, by its first two letters. */
  readonly #byBeginning = new Map<string, Term[]>()

  constructor(rules: readonly ModerationRule[]) {
    for (const { category, terms } of rules) {
      for (const text of terms) this.#add({ category, words: parseTerm(text) })
    }
  }

  #add(term: Term): void {
    const [first] = term.words
    if (first === undefined || first.type === 'gap') return
    const [map, key] =
      first.type === 'word' ? [this.#byWord, first.text] : [this.#byBeginning, first.text.slice(0, indexedLetters)]
    map.set(key, [...(map.get(key) ?? []), term])
  }

  /** Returns which texts are flagged, once for each category. */
  find(texts: readonly string[]): readonly Flag[] {
    if (this.#byWord.size === 0 && this.#byBeginning.size === 0) return []
    const flags = new Map<string, Flag>()
    for (const [index, text] of texts.entries()) {
      const words = wordsOf(text)
      for (const [position, word] of words.entries()) {
        const candidates = [this.#byWord.get(word), this.#byBeginning.get(word.slice(0, indexedLetters))]
        for (const term of candidates.flatMap((terms) => terms ?? [])) {
          if (!flags.has(term.category) && matches(term.words, words, position)) {
            flags.set(term.category, { category: term.category, index })
          }
        }
      }
    }
    return [...flags.values()]
  }
}

const indexedLetters = 2

function matches(term: readonly TermWord[], words: readonly string[], position: number, from = 0): boolean {
  let at = position
  for (let index = from; index < term.length; index++) {
    const expected = term[index]
    if (expected?.type === 'gap') {
      for (let skipped = 0; skipped <= mostBetween; skipped++) {
        if (matches(term, words, at + skipped, index + 1)) return true
      }
      return false
    }
    const word = words[at]
    if (word === undefined || expected === undefined) return false
    if (expected.type === 'word' ? word !== expected.text : !word.startsWith(expected.text)) return false
    at++
  }
  return true
}

/** Reads a term. Gaps at its end say nothing and are left out, so that each gap is followed by a word. */
function parseTerm(text: string): readonly TermWord[] {
  const words = text.split(/\s+/).flatMap((part): readonly TermWord[] => {
    if (part === '*') return [{ type: 'gap' }]
    const isBeginning = part.endsWith('*')
    const own = wordsOf(part)
    return own.map((word, index) => ({
      type: isBeginning && index === own.length - 1 ? 'beginning' : 'word',
      text: word,
    }))
  })
  return words.slice(0, words.findLastIndex(({ type }) => type !== 'gap') + 1)
}

/** Splits a text into words without case, accents of width or punctuation. Each ideograph is a word, since these scripts have no spaces. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  let word = ''
  const end = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  for (const character of text.normalize('NFKC').toLowerCase()) {
    const code = character.codePointAt(0) ?? 0
    if (isIdeograph(code)) {
      end()
      words.push(character)
    } else if (isLetter(character, code)) word += character
    // An apostrophe or an invisible character does not end a word.
    else if (!joins.has(character)) end()
  }
  end()
  return words
}

const joins = new Set(["'", '’', '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff'])

const isIdeograph = (code: number): boolean =>
  (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0x20000 && code <= 0x3ffff)

/** Letters are the characters that have two cases, digits, and what is beyond Latin. */
const isLetter = (character: string, code: number): boolean =>
  code < 128
    ? (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a)
    : code > 0x24f
      ? !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f)
      : character !== character.toUpperCase()
