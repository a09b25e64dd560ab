import { assert, property, constantFrom, array } from 'fast-check'
import { expect, test } from 'vitest'
import { linearPattern, PatternError } from './linear-pattern.ts'
import { StepBudget } from './step-budget.ts'

const matches = (source: string, text: string, budget = new StepBudget(Infinity)): boolean =>
  linearPattern(source).matches(text, budget)

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
  'a|b|cd|[1-]_|',
  '(a|bc|)+d',
  '[^\\w]a',
  '[^\\D\\s]\\S',
  '[\\Wa-c]\\s',
  '[^文-語]+',
  '[b-da-c]{2}\\W',
  '(.*a){3}d',
]

test('finds what JavaScript finds', () => {
  const letters = array(constantFrom(...Array.from('abcd1-_. \n]\u00a0文語𝒂')), { maxLength: 12 })
  assert(
    property(constantFrom(...patterns), letters, (source, pieces) => {
      const text = pieces.join('')
      // In a pattern with the flag v or u an empty class is none, as here a ] at its beginning is a character of it.
      const theirs = new RegExp(source.replace('[]a]', '[\\]a]')).test(text)
      expect([source, text, matches(source, text)]).toEqual([source, text, theirs])
    }),
    { numRuns: 5_000 },
  )
})

test('every character belongs to the classes to which it belongs in JavaScript', () => {
  for (const source of ['\\s', '\\S', '\\d', '\\D', '\\w', '\\W', '[^\\s]', '[^\\w\\s]', '[文-語a]']) {
    const theirs = new RegExp(source)
    const differing: number[] = []
    for (let code = 0; code <= 0xffff; code++) {
      const character = String.fromCharCode(code)
      if (matches(source, character) !== theirs.test(character)) differing.push(code)
    }
    expect([source, differing]).toEqual([source, []])
  }
})

test.each(['(a+)+$', '(x+x+)+y', '(.*a){60}z', '(a|a|a|a)*b', '(\\w*[a-cx-z]){30}1'])(
  '%s, which explodes elsewhere, takes as many steps for each character as it has, at most',
  (source) => {
    const pattern = linearPattern(source)
    for (const text of [`${'a'.repeat(8_000)}b`, 'x'.repeat(8_000), 'a'.repeat(100_000)]) {
      const budget = new StepBudget(Infinity)
      pattern.matches(text, budget)
      expect(budget.used).toBeGreaterThan(0)
      expect(budget.used).toBeLessThanOrEqual(pattern.steps * 8_193)
    }
  },
)

test('a match ends where its budget is spent, at most one character later', () => {
  const pattern = linearPattern('(.*a){60}z')
  const budget = new StepBudget(10_000)
  expect(pattern.matches('a'.repeat(8_000), budget)).toBe(false)
  expect(budget.isSpent).toBe(true)
  expect(budget.used).toBeLessThanOrEqual(10_000 + pattern.steps)
  expect(linearPattern('a').matches('a', budget)).toBe(false)
})

test('letters may be folded', () => {
  expect(matches('(?i)Secret', 'a SECRET')).toBe(true)
  expect(matches('(?i)^[A-C]\\D$', 'bX')).toBe(true)
  expect(matches('(?i)\\D', '1')).toBe(false)
})

test('a list of many words is a pattern', () => {
  const words = Array.from({ length: 40 }, (_, index) => `word-${index}`)
  expect(matches(words.join('|'), 'this is word-39')).toBe(true)
  expect(matches(words.join('|'), 'this is word')).toBe(false)
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
  // Short, and much is made of it.
  `${'('.repeat(20)}a{480}${')'.repeat(20)}`,
  '(a{480}){0}'.repeat(30),
  '(((((('.repeat(20),
])('%j is refused', (source) => {
  expect(() => linearPattern(source)).toThrow(PatternError)
})
