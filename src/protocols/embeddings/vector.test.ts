import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { vectorOfBase64, vectorOfNumbers } from './vector.ts'

/** JSON has no minus before a zero that comes of a number. */
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number))
const floats = fc.array(float, { minLength: 1, maxLength: 64 })

test('32-bit floats are the same after both conversions, as Node itself reads them', () => {
  fc.assert(
    fc.property(floats, (numbers) => {
      const encoded = vectorOfNumbers(JSON.stringify(numbers), 'base64')?.text ?? ''
      expect(encoded).toBe(Buffer.from(Float32Array.from(numbers).buffer).toString('base64'))
      const decoded = vectorOfBase64(encoded, 'float')?.text ?? ''
      expect(JSON.parse(decoded)).toEqual(numbers)
    }),
  )
})

test('what came in the encoding that is wanted goes on as it is', () => {
  expect(vectorOfNumbers('[1.0, 2e0]', 'float')).toEqual({ encoding: 'float', text: '[1.0, 2e0]' })
  expect(vectorOfBase64('AACAPw==', 'base64')).toEqual({ encoding: 'base64', text: 'AACAPw==' })
})

test.each(['', 'AAA=', 'AACA Pw==', 'AACAPw', 'not base64!', 'AADAfw=='])('%j is no vector of numbers', (text) => {
  expect(vectorOfBase64(text, 'float')).toBeNull()
})

test('a number beyond 32 bits is refused', () => expect(vectorOfNumbers('[1e300]', 'base64')).toBeNull())
