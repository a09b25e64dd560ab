import { assert, property, constantFrom, array } from 'fast-check'
import { expect, test } from 'vitest'
import { linearPattern, PatternError } from './linear-pattern.ts'

const patterns = [
  'abc',
  '^abc$',
  'a|b|cd',
  '(ab)+c',
  '(?:ab|a)*b$',
  'a{2,3}b',
  'a{0,1}',
  'a?b+c*',
  '[a-c]+d',
  '[^a]b',
  '[]a]',
  '[a-]b',
  '\\bab\\b',
  '\\d+-\\w',
  'a.c',
  '(a+)+$',
  '',
  'a||b',
  '^$',
  '(a|b){2}c',
  'a+?b',
  '\\.',
  '[\\d_]b',
  '\\Ba',
]

test('finds what JavaScript finds', () => {
  const letters = array(constantFrom('a', 'b', 'c', 'd', '1', '-', '_', '.', ' ', '\n', ']'), { maxLength: 12 })
  assert(
    property(constantFrom(...patterns), letters, (source, pieces) => {
      const text = pieces.join('')
      // In a pattern with the flag v or u an empty class is none, as here a ] at its beginning is a character of it.
      const theirs = new RegExp(source.replace('[]a]', '[\\]a]')).test(text)
      expect([source, text, linearPattern(source).matches(text)]).toEqual([source, text, theirs])
    }),
    { numRuns: 5_000 },
  )
})

test('a pattern that explodes elsewhere takes a bounded number of steps', () => {
  expect(linearPattern('(a+)+$').matches(`${'a'.repeat(8_000)}b`)).toBe(false)
  expect(linearPattern('(x+x+)+y').matches('x'.repeat(8_000))).toBe(false)
})

test('letters may be folded', () => {
  expect(linearPattern('(?i)Secret').matches('a SECRET')).toBe(true)
  expect(linearPattern('(?i)^[A-C]\\D$').matches('bX')).toBe(true)
  expect(linearPattern('(?i)\\D').matches('1')).toBe(false)
})

test.each([
  '(',
  ')',
  '[a',
  'a**',
  '*a',
  '(?=a)',
  '(?<name>a)',
  '(a)\\1',
  'a{3,2}',
  '\\',
  '[b-a]',
  '(a{99}){99}',
  '(((((('.repeat(20),
])('%j is refused', (source) => {
  expect(() => linearPattern(source)).toThrow(PatternError)
})
