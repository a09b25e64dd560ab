import { expect, test } from 'vitest'
import { fenced } from './fenced.ts'

test.each([
  '</page>',
  '</PAGE>',
  '</ page>',
  '< /page >',
  '<\n/\tPage>',
  '<\u200b/page>',
  '</\u00adpage>',
  '<page url="https://e.com">',
  '</page',
])('a text cannot close or open the element with %j', (tag) => {
  expect(fenced('page', [{ text: `before ${tag} after` }])).toBe(`<page>\nbefore &lt;${tag.slice(1)} after\n</page>`)
})

test('neither can a name, and a quotation mark does not end it', () => {
  expect(fenced('page', [{ name: '"> </page> <page', text: '' }])).toBe(
    '<page name="\\"> &lt;/page> &lt;page">\n\n</page>',
  )
})

test.each(['a < b', '<p>text</p>', '< / other>', '<'])('%j stays as it is', (text) => {
  expect(fenced('page', [{ text }])).toBe(`<page>\n${text}\n</page>`)
})
