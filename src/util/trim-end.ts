/** A text without a character as often as it stands at the end. As a pattern this takes time that grows with the square of the text. */
export function trimEnd(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end -= 1
  return text.slice(0, end)
}
