const breaks = new Set([' ', '\n', '\t', '\r', ')', '>', ']', '"', "'", '`', '|', '}', '<'])
const punctuation = new Set(['.', ',', ';', ':', '!', '?', '*', '_'])
/** Servers take no longer ones. */
const longest = 8_192

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
    end = at
    while (end < text.length && end - at < longest && !breaks.has(text.charAt(end))) end++
    while (end > at && punctuation.has(text.charAt(end - 1))) end--
    const url = URL.parse(text.slice(at, end))
    if (url !== null && url.hostname !== '') found.add(url.href)
  }
  return [...found]
}
