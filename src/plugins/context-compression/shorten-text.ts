import { estimateTokens } from '../../canonical/prompt-tokens.ts'

/** What stands where something was cut out. */
const gap = '\n[…]\n'

/** A text that would be cut to less than this says nothing any more. */
const leastTokens = 16

/** Cuts the middle out of a text, so that it has at most so many tokens. Reads the text once, and what is kept a few times. */
export function shortenText(text: string, tokens: number): string {
  const all = estimateTokens(text)
  if (all <= tokens) return text
  for (let kept = Math.floor((text.length * tokens) / all); kept > 0; kept = Math.floor(kept * 0.9)) {
    const shortened = withoutMiddle(text, kept)
    if (estimateTokens(shortened) <= tokens) return shortened
  }
  return ''
}

/** Keeps half of the characters from each end, without half a character. */
function withoutMiddle(text: string, kept: number): string {
  let head = Math.ceil(kept / 2)
  let tail = text.length - Math.floor(kept / 2)
  if (isHighSurrogate(text.charCodeAt(head - 1))) head--
  if (isHighSurrogate(text.charCodeAt(tail - 1))) tail++
  return text.slice(0, head) + gap + text.slice(tail)
}

const isHighSurrogate = (code: number): boolean => (code & 0xfc00) === 0xd800

/**
 * Returns the length to which texts are cut, so that all together have at most so many tokens: longer ones are cut to it, shorter ones stay.
 * Null where too little would be left of them.
 */
export function levelOf(lengths: readonly number[], tokens: number): number | null {
  let left = tokens
  const ascending = lengths.toSorted((a, b) => a - b)
  for (const [index, length] of ascending.entries()) {
    const level = left / (ascending.length - index)
    if (length > level) return level < leastTokens ? null : Math.floor(level)
    left -= length
  }
  return Infinity
}

/** Cuts the middle out of prompts, texts or lists of tokens, so that all together have at most so many tokens. */
export function shortenPrompts(
  prompts: readonly (string | readonly number[])[],
  tokens: number,
): readonly (string | readonly number[])[] | null {
  const level = levelOf(
    prompts.map((prompt) => (typeof prompt === 'string' ? estimateTokens(prompt) : prompt.length)),
    tokens,
  )
  if (level === null) return null
  return prompts.map((prompt) => {
    if (typeof prompt === 'string') return shortenText(prompt, level)
    if (prompt.length <= level) return prompt
    return [...prompt.slice(0, Math.ceil(level / 2)), ...prompt.slice(prompt.length - Math.floor(level / 2))]
  })
}
