import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { slugMatcher } from './slug-pattern.ts'

test.each([
  ['anthropic/*', 'anthropic/claude-sonnet-4.5', true],
  ['anthropic/*', 'openai/gpt-5', false],
  ['openai/gpt-5*', 'openai/gpt-5', true],
  ['*/claude-*', 'anthropic/claude-opus-4.5', true],
  ['openai/gpt-5', 'openai/gpt-5', true],
  ['openai/gpt-5', 'openai/gpt-5-mini', false],
  ['openai/gpt.5', 'openai/gpt-5', false],
])('%s and %s: %s', (pattern, slug, matches) => {
  expect(slugMatcher(['x/none', pattern])(slug)).toBe(matches)
})

test('a star stands for any characters, also none', () => {
  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 8 })
  fc.assert(
    fc.property(letters('ab*'), letters('ab'), (pattern, slug) => {
      expect(slugMatcher([pattern])(slug)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(slug))
    }),
    { numRuns: 5000 },
  )
})

test('the worst patterns a request may hold are matched against a thousand slugs in a moment', () => {
  const matches = slugMatcher(Array.from({ length: 1024 }, () => '*a'.repeat(32)))
  const begin = performance.now()
  for (let index = 0; index < 1000; index++) matches(`${'a'.repeat(31)}b${index}`)
  expect(performance.now() - begin).toBeLessThan(2000)
})
