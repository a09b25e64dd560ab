const quote = 0x22
const backslash = 0x5c

export type JsonExcess = 'depth' | 'keys' | 'values'

/** How much of a string is read byte by byte before the closing quote is searched for natively. */
const shortString = 64

export interface JsonLimits {
  readonly depth: number
  readonly keys: number
  /** Of arrays, objects and what they hold: `[],` takes three bytes as text, and ten times that once it is parsed. */
  readonly values: number
}

/** What was counted in several texts that have one limit together. */
export interface JsonCount {
  keys: number
  values: number
}

/**
 * Whether JSON text nests deeper or holds more than may be, told before it is parsed: about a nanosecond a byte outside strings, and
 * next to nothing inside long ones. Text that is not JSON gets some answer; the parser refuses it.
 *
 * @param before What other texts hold that count towards the same limits; what this one holds is added to it.
 */
export function jsonExcess(json: Buffer, limits: JsonLimits, before?: JsonCount): JsonExcess | null {
  // A level takes two bytes at least, and so does a key; a value takes one.
  if (before === undefined && json.length <= Math.min(2 * limits.depth, 2 * limits.keys, limits.values)) return null
  let depth = 0
  let { keys, values } = before ?? { keys: 0, values: 0 }
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === quote) i = endOfString(json, i + 1)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limits.depth) return 'depth'
      if (++values > limits.values) return 'values'
    } else if (byte === 0x7d || byte === 0x5d) depth--
    else if (byte === 0x2c && ++values > limits.values) return 'values'
    else if (byte === 0x3a && ++keys > limits.keys) return 'keys'
  }
  if (before !== undefined) Object.assign(before, { keys, values })
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
