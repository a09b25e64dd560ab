/** The length of a vector where the request names none. */
export const defaultDimensions = 16
export const mostDimensions = 8_192

/** Returns the vector of a text: unit length, in 32-bit precision, the same for the same text and another for any other. */
export function vectorOf(text: string, dimensions: number): readonly number[] {
  let state = 2_166_136_261
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 16_777_619)
  const numbers = Array.from({ length: dimensions }, () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2_147_483_648 - 1
  })
  const length = Math.hypot(...numbers) || 1
  return numbers.map((number) => Math.fround(number / length))
}

/** Returns the base64 of 32-bit floats, the lowest byte first. */
export function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4)
  return bytes.toString('base64')
}
