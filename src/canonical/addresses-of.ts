const breaks = new Set([' ', '\n', '\t', '\r', ')', '>', ']', '"', "'", '`', '|', '}', '<'])
const punctuation = new Set(['.', ',', ';', ':', '!', '?', '*', '_'])
/** Servers take no longer ones. */
const longest = 8_192

/** Returns the end of the address that begins at an index of a text, within so many characters. Punctuation behind it is included. */
export function addressEnd(text: string, start: number, most: number): number {
  const limit = Math.min(text.length, start + most)
  let end = start
  while (end < limit && !breaks.has(text.charAt(end))) end++
  return end
}

/** Returns an address without the punctuation of the sentence around it. */
export function withoutPunctuation(address: string): string {
  let end = address.length
  while (end > 0 && punctuation.has(address.charAt(end - 1))) end--
  return address.slice(0, end)
}

/**
 * Returns the http and https addresses that a text names, each once, in order, and no more than `most`. An address that stands inside
 * another one is a part of it.
 */
export function addressesOf(text: string, most: number): readonly string[] {
  const found = new Set<string>()
  let end = 0
  for (
    let at = text.indexOf('http');
    at !== -1 && found.size < most;
    at = text.indexOf('http', Math.max(end, at + 4))
  ) {
    if (!text.startsWith('http://', at) && !text.startsWith('https://', at)) continue
    const address = withoutPunctuation(text.slice(at, addressEnd(text, at, longest)))
    end = at + address.length
    const url = URL.parse(address)
    if (url !== null && url.hostname !== '') found.add(url.href)
  }
  return [...found]
}
