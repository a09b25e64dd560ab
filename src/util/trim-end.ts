/** Removes these characters from the end of a text. A pattern for this would take time that grows with the square of the text. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
