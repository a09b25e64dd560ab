import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWithin, plainDomains, withSiteOperators } from './web-domains.ts'

describe('an address is within a domain', () => {
  test.each([
    ['https://example.com', 'example.com', true],
    ['http://example.com/a?b#c', 'EXAMPLE.com', true],
    ['https://a.b.example.com/', 'example.com', true],
    ['https://example.com./', 'example.com', true],
    ['https://example.com:8443/', 'example.com', true],
    ['https://example.com/', '*.example.com', true],
    ['https://nih.gov/', '.gov', true],
    ['https://münchen.example/', 'xn--mnchen-3ya.example', true],
    ['https://xn--mnchen-3ya.example/', 'münchen.example', true],
    ['https://example.com/blog/2026', 'example.com/blog', true],
    ['https://example.com/Blog', 'https://example.com/blog/', true],
    ['https://example.com/blog/2026', 'example.com/blog/*', true],
    ['https://example.com/blogs', 'example.com/blog', false],
    ['https://example.com/', 'example.com/blog', false],
    ['https://example.com/', 'www.example.com', false],
    ['https://badexample.com/', 'example.com', false],
    ['https://example.com.bad.test/', 'example.com', false],
    ['https://bad.test/example.com', 'example.com', false],
    ['https://example.com@bad.test/', 'example.com', false],
    ['https://bad.test/', 'two words', false],
    ['https://bad.test/', '', false],
    ['ftp://example.com/', 'example.com', false],
    ['javascript:alert("example.com")', 'example.com', false],
    ['no address', 'example.com', false],
  ])('%s in %s: %s', (address, domain, expected) => {
    expect(isWithin({ allowedDomains: [domain] })(address)).toBe(expected)
  })

  test('an excluded domain wins over an allowed one', () => {
    const filter = { allowedDomains: ['example.com'], excludedDomains: ['old.example.com', 'no domain'] }
    expect(isWithin(filter)('https://example.com/')).toBe(true)
    expect(isWithin(filter)('https://old.example.com/')).toBe(false)
  })

  test('every web page is within an empty filter, and nothing else', () => {
    expect(isWithin({})('https://example.com/')).toBe(true)
    expect(isWithin({})('data:text/html,hello')).toBe(false)
  })
})

test('domains are written as engines take them', () => {
  expect(plainDomains(['https://Example.com/Blog/', '*.b.example', '.gov', 'no domain', ''])).toEqual([
    'example.com/blog',
    'b.example',
    'gov',
  ])
  expect(plainDomains(['a.example', 'b.example'], 1)).toEqual(['a.example'])
  expect([plainDomains(), plainDomains([]), plainDomains(['no domain'])]).toEqual([undefined, undefined, undefined])
})

describe('site operators', () => {
  test.each([
    [{}, 'q'],
    [{ allowedDomains: ['a.example'] }, 'q site:a.example'],
    [{ allowedDomains: ['a.example', 'b.example'] }, 'q (site:a.example OR site:b.example)'],
    [{ excludedDomains: ['a.example', 'b.example'] }, 'q -site:a.example -site:b.example'],
    [{ allowedDomains: ['a.example'], excludedDomains: ['b.a.example'] }, 'q site:a.example -site:b.a.example'],
    [{ allowedDomains: ['no domain'] }, 'q'],
  ])('%o', (filter, expected) => {
    expect(withSiteOperators('q', filter)).toBe(expected)
  })

  test('never exceed what the engine takes, and never change the question', () => {
    const domains = fc.array(fc.domain(), { maxLength: 40 })
    fc.assert(
      fc.property(domains, domains, fc.integer({ min: 5, max: 60 }), (allowedDomains, excludedDomains, words) => {
        const text = withSiteOperators('what is new', { allowedDomains, excludedDomains }, { characters: 300, words })
        expect(text.startsWith('what is new')).toBe(true)
        expect(text.length).toBeLessThanOrEqual(300)
        expect(text.split(' ').length).toBeLessThanOrEqual(words)
      }),
    )
  })
})
