import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { slugMatcher } from './slug-matcher.ts'

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

test('the worst pattern a request may hold costs no more than one search of the slug for each of its parts', () => {
  const parts = 32
  const matches = slugMatcher(['*a'.repeat(parts)])
  const searched = vi.spyOn(String.prototype, 'indexOf')
  const tried = vi.spyOn(RegExp.prototype, 'exec')
  try {
    // A search that goes back and tries anew would take some 2³¹ steps.
    expect(matches(`${'a'.repeat(parts - 1)}b1a`)).toBe(true)
    expect(matches(`${'a'.repeat(parts - 2)}bb1a`)).toBe(false)
    expect(searched.mock.calls.length).toBeGreaterThan(0)
    expect(searched.mock.calls.length).toBeLessThanOrEqual(2 * parts)
    expect(tried).not.toHaveBeenCalled()
  } finally {
    searched.mockRestore()
    tried.mockRestore()
  }
})
