/** Returns the beginning of a text, without half a character, as a copy: a slice would keep the whole text in memory. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const endsInHalf = (text.charCodeAt(most - 1) & 0xfc00) === 0xd800
  return Buffer.from(text.slice(0, endsInHalf ? most - 1 : most)).toString()
}
