import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CitationFinder } from './cite-sources.ts'

const sources = [
  { url: 'https://example.com/rivers', title: 'Rivers' },
  { url: 'https://example.com/rivers/long', title: 'Long rivers' },
  { url: 'https://example.org/', title: 'Home' },
]

const found = (pieces: readonly string[]) => {
  const finder = new CitationFinder()
  finder.addSources(sources)
  return [...pieces.flatMap((piece) => finder.add(piece)), ...finder.end()]
}

const cited = (text: string) =>
  found([text]).flatMap(({ url, startIndex, endIndex }) =>
    startIndex === undefined ? [] : [[url, text.slice(startIndex, endIndex)]],
  )

test.each([
  ['See [example.com](https://example.com/rivers).', '[example.com](https://example.com/rivers)'],
  ['See https://example.com/rivers.', 'https://example.com/rivers'],
  ['🙂 See https://example.com/rivers, and more', 'https://example.com/rivers'],
  ['See <https://example.com/rivers>', 'https://example.com/rivers'],
  ['See **https://example.com/rivers**', 'https://example.com/rivers'],
])('finds the place of the source in %j', (text, place) => {
  expect(cited(text)).toEqual([['https://example.com/rivers', place]])
})

test('a longer address is not the shorter one', () => {
  expect(cited('https://example.com/rivers/long')).toEqual([[sources[1]?.url, 'https://example.com/rivers/long']])
  expect(cited('https://example.com/rivers/longer')).toEqual([])
})

test('a slash at the end makes no difference', () => {
  expect(cited('https://example.org and https://example.com/rivers/')).toEqual([
    ['https://example.org/', 'https://example.org'],
    ['https://example.com/rivers', 'https://example.com/rivers/'],
  ])
})

test('sources that the text does not cite come last, without a place', () => {
  const citations = found(['https://example.org'])
  expect(citations.map(({ url, startIndex }) => [url, startIndex])).toEqual([
    ['https://example.org/', 0],
    ['https://example.com/rivers', undefined],
    ['https://example.com/rivers/long', undefined],
  ])
})

test('however a text is cut into pieces, the citations are the same', () => {
  const words = fc.constantFrom(
    'see ',
    '[a](https://example.com/rivers)',
    'https://example.com/rivers/long ',
    'https://example.org/',
    '(https://example.com/rivers) ',
    '🙂',
    'http',
    '\n',
    '. ',
    'https://example.net/other',
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), fc.array(fc.nat(80), { maxLength: 12 }), (parts, cuts) => {
      const text = parts.join('')
      const places = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b)
      const pieces = [...places, text.length].map((end, index) => text.slice(places[index - 1] ?? 0, end))
      expect(found(pieces)).toEqual(found([text]))
    }),
  )
})

test('places are right in a long text that comes in small pieces, and a title ends at a thousand characters', () => {
  const filler = 'word '.repeat(3_000)
  const links = ['[a](https://example.com/rivers)', 'https://example.org', '[b](https://example.com/rivers/long)']
  const text = `${filler}${links[0]} ${filler}${links[1]} ${filler}${links[2]}`
  const places = (whole: string) =>
    found(whole.match(/.{1,7}/gs) ?? []).map(({ startIndex, endIndex }) => whole.slice(startIndex, endIndex))
  expect(places(text)).toEqual(links)
  expect(places(`[${filler}](https://example.com/rivers)`)[0]).toBe('https://example.com/rivers')
})

test('text before a source is known does not cite it', () => {
  const finder = new CitationFinder()
  finder.add('https://example.org and ')
  finder.addSources(sources)
  expect(finder.add('https://example.org ').map(({ startIndex }) => startIndex)).toEqual([24])
})

test('a hundred thousand links without a beginning take no longer than they are', () => {
  expect(found(['](https://example.com/rivers)'.repeat(100_000)])).toHaveLength(100_002)
})
