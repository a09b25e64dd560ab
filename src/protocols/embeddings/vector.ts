import type { VectorEncoding } from '../../canonical/generation-request.ts'
import type { Vector } from '../../canonical/item.ts'
import { numberOf, parseJson } from '../../util/json.ts'

const bytesPerNumber = 4

/** Makes a vector of the JSON text of a list of numbers; null where a number is too large for 32 bits. */
export function vectorOfNumbers(text: string, encoding: VectorEncoding): Vector | null {
  if (encoding === 'float') return { encoding, text }
  const numbers = parseJson(text)
  if (!Array.isArray(numbers)) return null
  const bytes = Buffer.allocUnsafe(numbers.length * bytesPerNumber)
  for (const [index, value] of numbers.entries()) {
    const number = numberOf(value)
    if (number === undefined || !Number.isFinite(Math.fround(number))) return null
    bytes.writeFloatLE(number, index * bytesPerNumber)
  }
  return { encoding, text: bytes.toString('base64') }
}

/** Makes a vector of the base64 of 32-bit floats, the lowest byte first; null for anything else. */
export function vectorOfBase64(text: string, encoding: VectorEncoding): Vector | null {
  const bytes = Buffer.from(text, 'base64')
  // Node skips what is no base64, so that there are fewer bytes than the length of the text tells.
  const isWhole = bytes.length > 0 && bytes.length % bytesPerNumber === 0
  if (!isWhole || Math.ceil(bytes.length / 3) * 4 !== text.length) return null
  if (encoding === 'base64') return { encoding, text }
  const numbers = Array.from({ length: bytes.length / bytesPerNumber }, (_, index) =>
    bytes.readFloatLE(index * bytesPerNumber),
  )
  return numbers.every(Number.isFinite) ? { encoding, text: JSON.stringify(numbers) } : null
}
