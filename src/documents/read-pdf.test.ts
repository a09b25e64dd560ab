import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { PdfLimits } from '../canonical/documents.ts'
import { createDocuments } from './create-documents.ts'
import { encryptedPdf, packedStream, pagesPdf, pdfFile, stream, textPdf } from './testing/pdf-files.ts'

const documents = createDocuments()
afterAll(() => documents.close())

function read(pdf: Buffer, limits: Partial<PdfLimits> = {}) {
  const { signal } = new AbortController()
  return documents.readPdf(pdf, { maxPages: 200, maxCharacters: 1_000_000, timeoutMs: 30_000, signal, ...limits })
}

const hello = 'BT /F1 12 Tf 50 700 Td (Hello) Tj ET'
const replaced = (pdf: Buffer, from: string | RegExp, to: string): Buffer =>
  Buffer.from(pdf.toString('latin1').replace(from, to), 'latin1')

describe('a PDF becomes text', () => {
  test('by page, with its title and lines', async () => {
    expect(await read(textPdf([['Hello world', 'second line'], ['page two']], 'A paper'))).toEqual({
      type: 'pdf',
      title: 'A paper',
      pages: ['Hello world\nsecond line', 'page two'],
      pageCount: 2,
      truncated: false,
    })
  })

  test('with an empty line where a paragraph ends', async () => {
    const content = 'BT /F1 12 Tf 50 700 Td (One) Tj 0 -14 Td (goes on.) Tj 0 -40 Td (Two.) Tj ET'
    expect(await read(pagesPdf({ contents: [content] }))).toMatchObject({ pages: ['One\ngoes on.\n\nTwo.'] })
  })

  test('in the characters that its fonts map to', async () => {
    const cmap =
      'begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0001> <65E5672C8A9E> endbfchar endcmap'
    const descendant =
      '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>'
    const pdf = pagesPdf({
      contents: ['BT /F1 12 Tf 50 700 Td <0001> Tj ET'],
      font: '<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 6 0 R >>',
      extra: [stream('', cmap), descendant],
    })
    expect(await read(pdf)).toMatchObject({ pages: ['日本語'] })
  })

  test('up to a number of pages', async () => {
    const pdf = textPdf(Array.from({ length: 5_000 }, (_, index) => [`Page ${index + 1}`]))
    const expected = { pages: ['Page 1', 'Page 2', 'Page 3'], pageCount: 5_000, truncated: true }
    expect(await read(pdf, { maxPages: 3 })).toMatchObject(expected)
  })

  test('up to a number of characters', async () => {
    const pdf = textPdf([['12345'], ['67890'], ['never']])
    expect(await read(pdf, { maxCharacters: 7 })).toMatchObject({
      pages: ['12345', '67'],
      pageCount: 3,
      truncated: true,
    })
    expect(await read(pdf, { maxCharacters: 10 })).toMatchObject({ pages: ['12345', '67890'], truncated: true })
  })

  test('without what stands beside the page or is too small to be seen', async () => {
    const secrets =
      'BT /F1 12 Tf 50 900 Td (Beside) Tj ET BT /F1 0.1 Tf 50 600 Td (Tiny) Tj ET BT /F1 12 Tf -500 500 Td (Left) Tj ET'
    expect(await read(pagesPdf({ contents: [`${secrets} ${hello}`] }))).toMatchObject({ pages: ['Hello'] })
  })

  test('also where the table of its objects is wrong', async () => {
    expect(await read(replaced(textPdf([['Hello']]), /startxref\n\d+/, 'startxref\n99999'))).toMatchObject({
      pages: ['Hello'],
    })
  })

  test('also where it is encrypted and opens without a password', async () => {
    expect(await read(encryptedPdf('Open to all', ''))).toMatchObject({ pages: ['Open to all'] })
  })

  test('with a note in the place of a page that is broken', async () => {
    const pdf = replaced(textPdf([['One'], ['Two']]), '/Kids [4 0 R 6 0 R]', '/Kids [4 0 R 99 0 R]')
    expect(await read(pdf)).toMatchObject({ pages: ['One', '[Page 2 is broken.]'] })
  })

  test('without unpacking its images', async () => {
    const image =
      '/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode'
    const pdf = pagesPdf({
      contents: [`/I Do ${hello}`],
      pageEntries: '/XObject << /I 6 0 R >>',
      extra: [stream(image, deflateSync(Buffer.alloc(100_000_000)))],
    })
    expect(await read(pdf)).toMatchObject({ pages: ['Hello'] })
  })
})

describe('a PDF that cannot be read fails by its kind', () => {
  const imagePage = pagesPdf({
    contents: ['q 100 0 0 100 0 0 cm /I Do Q'],
    pageEntries: '/XObject << /I 6 0 R >>',
    extra: [
      stream('/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray', 'abcd'),
    ],
  })
  const twoLevels = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>']
  test.each([
    ['nothing', 'broken', Buffer.alloc(0)],
    ['no PDF', 'broken', Buffer.from('<html>')],
    ['a header alone', 'broken', Buffer.from('%PDF-1.7\n')],
    ['half of a PDF', 'broken', textPdf([['Hello']]).subarray(0, 300)],
    ['a password', 'encrypted', encryptedPdf('secret', 'password')],
    ['pages that are images', 'no-text', imagePage],
    [
      'a tree of pages that holds itself',
      'broken',
      pdfFile([...twoLevels.slice(0, 1), '<< /Type /Pages /Kids [2 0 R] /Count 9 >>']),
    ],
    [
      'two trees that hold each other',
      'broken',
      pdfFile([...twoLevels, '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>']),
    ],
    [
      'arrays nested a million deep',
      'broken',
      pagesPdf({ contents: [hello], catalog: `/Deep ${'['.repeat(1_000_000)}` }),
    ],
    [
      'dictionaries nested a million deep',
      'broken',
      pagesPdf({ contents: [hello], catalog: `/Deep ${'<</A '.repeat(1_000_000)}` }),
    ],
    ['a content nested a million deep', 'no-text', pagesPdf({ contents: ['['.repeat(1_000_000)] })],
    [
      'a table of two billion objects',
      'broken',
      Buffer.from(
        '%PDF-1.7\nxref\n0 2147483647\n0000000000 65535 f \ntrailer\n<< /Size 2147483647 /Root 1 0 R >>\nstartxref\n9\n%%EOF',
      ),
    ],
    ['half a gigabyte in 500 kB', 'too-much-memory', pagesPdf({ contents: [packedStream(Buffer.alloc(500_000_000))] })],
    [
      'half a gigabyte packed twice',
      'too-much-memory',
      pagesPdf({ contents: [packedStream(Buffer.alloc(500_000_000), 2)] }),
    ],
    [
      'a number for each of 30 million shifts',
      'too-much-memory',
      pagesPdf({ contents: [packedStream(Buffer.from(`BT /F1 12 Tf [${'1 '.repeat(30_000_000)}] TJ`))] }),
    ],
  ])('%s: %s', async (_, kind, pdf) => {
    expect(await read(pdf)).toMatchObject({ type: 'failure', kind, message: expect.stringMatching(/^[A-Z].{15,}\.$/) })
  })

  test('one of more than 50 MB: too-large', async () => {
    const message = 'The PDF has 51 MB; at most 50 MB are read.'
    expect(await read(Buffer.alloc(50 * 1_048_576 + 1))).toEqual({ type: 'failure', kind: 'too-large', message })
  })

  const form = (resources: string, content: string): Buffer =>
    stream(
      `/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /Font << /F1 3 0 R >> /XObject << ${resources} >> >>`,
      content,
    )
  const withForms = (extra: readonly Buffer[]): Buffer =>
    pagesPdf({ contents: [`${hello} /X Do`], pageEntries: '/XObject << /X 6 0 R >>', extra })

  test('forms that draw each other twice, thirty levels deep: timed-out', async () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      form(`/X ${7 + level} 0 R`, level < 29 ? '/X Do /X Do' : hello),
    )
    const message = 'Reading the document took longer than 2 seconds.'
    expect(await read(withForms(levels), { timeoutMs: 2_000 })).toEqual({ type: 'failure', kind: 'timed-out', message })
  })

  test.each([
    ['a form that draws itself', withForms([form('/X 6 0 R', '/X Do /X Do')])],
    [
      'a font that is its own descendant',
      pagesPdf({
        contents: [hello],
        font: '<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [3 0 R] >>',
      }),
    ],
    [
      'a length that is its own stream',
      pdfFile([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
        `<< /Length 4 0 R >>\nstream\n${hello}\nendstream`,
        '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      ]),
    ],
    ['a count of two billion pages', replaced(textPdf([['Hello']]), '/Count 1', '/Count 2147483647')],
  ])('and %s does no harm', async (_, pdf) => {
    expect(await read(pdf)).toMatchObject({ type: 'pdf', pages: [expect.stringMatching(/./)] })
  })
})

test('a page without end stops at the number of characters', async () => {
  const content = packedStream(Buffer.from(`BT /F1 12 Tf ${'1 0 0 1 50 700 Tm (Hello) Tj '.repeat(1_000_000)}`))
  const outcome = await read(pagesPdf({ contents: [content] }), { maxCharacters: 1_000 })
  expect(outcome).toMatchObject({ truncated: true, pages: [expect.stringMatching(/^.{1000}$/)] })
})
