const quote = 0x22
const backslash = 0x5c

export type JsonExcess = 'depth' | 'keys'

/** How much of a string is read byte by byte before the closing quote is searched for natively. */
const shortString = 64

/**
 * Whether JSON text nests deeper or holds more keys than may be, told before it is parsed: about a nanosecond a byte outside strings, and
 * next to nothing inside long ones. Text that is not JSON gets some answer; the parser refuses it.
 */
export function jsonExcess(json: Buffer, limits: { readonly depth: number; readonly keys: number }): JsonExcess | null {
  // A level takes two bytes at least, and so does a key.
  if (json.length <= 2 * Math.min(limits.depth, limits.keys)) return null
  let depth = 0
  let keys = 0
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === quote) i = endOfString(json, i + 1)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limits.depth) return 'depth'
    } else if (byte === 0x7d || byte === 0x5d) depth--
    else if (byte === 0x3a && ++keys > limits.keys) return 'keys'
  }
  return null
}

/** The position of the quote that ends the string that starts here. */
function endOfString(json: Buffer, start: number): number {
  let i = start
  for (const near = Math.min(start + shortString, json.length); i < near; i++) {
    if (json[i] === backslash) i++
    else if (json[i] === quote) return i
  }
  for (;;) {
    const end = json.indexOf(quote, i)
    if (end === -1) return json.length
    let slashes = 0
    while (json[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end
    i = end + 1
  }
}
