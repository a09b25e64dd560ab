/** Returns the beginning of a text, as a copy: a slice would keep the whole text in memory. */
export const cutText = (text: string, most: number): string =>
  text.length <= most ? text : Buffer.from(text.slice(0, most)).toString()
