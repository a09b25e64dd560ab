import { expect, test } from 'vitest'
import { parseDataUrl } from './data-url.ts'

test.each([
  ['data:image/png;base64,AAAA', { mediaType: 'image/png', data: 'AAAA' }],
  ['DATA:IMAGE/PNG;charset=x;BASE64,AAAA', { mediaType: 'image/png', data: 'AAAA' }],
  ['data:,caf%C3%A9', { mediaType: 'text/plain', data: Buffer.from('café').toString('base64') }],
  ['data:text/csv;charset=utf-8,a%2Cb', { mediaType: 'text/csv', data: Buffer.from('a,b').toString('base64') }],
  ['data:text/plain,%ZZ', null],
  ['data:image/png;base64', null],
  ['https://example.com/cat.png', null],
])('%s', (url, parsed) => {
  expect(parseDataUrl(url)).toEqual(parsed)
})
