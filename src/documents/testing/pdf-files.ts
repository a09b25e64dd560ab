import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** Encodes a stream object. The dictionary is given without its brackets and length. */
export const stream = (dictionary: string, data: Buffer | string): Buffer => {
  const bytes = Buffer.from(data)
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}

/** Writes a PDF of objects, which are numbered from 1. The first is the catalog. */
export function pdfFile(objects: readonly (Buffer | string)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  for (const [index, object] of objects.entries()) {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')])
    offsets.push(length)
    parts.push(part)
    length += part.length
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}`
  parts.push(Buffer.from(`${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`))
  return Buffer.concat(parts)
}

/** Writes the content of a page: the lines, from the top. */
const linesContent = (lines: readonly string[]): string =>
  `BT /F1 12 Tf 50 740 Td 16 TL ${lines.map((line) => `(${line}) Tj T*`).join(' ')} ET`

const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'

export interface PdfParts {
  /** The contents of the pages. */
  readonly contents: readonly (Buffer | string)[]
  readonly catalog?: string
  readonly font?: string
  readonly pageEntries?: string
  /** More objects, numbered from `firstExtra`. */
  readonly extra?: readonly (Buffer | string)[]
  readonly trailer?: string
}

/** The number of the first object in `extra` for so many pages. */
const firstExtra = (pages: number): number => 4 + 2 * pages

/** Writes a PDF of pages with one font. Objects: catalog, page tree, font, and for each page itself and its content. */
export function pagesPdf({
  contents,
  catalog = '',
  font = helvetica,
  pageEntries = '',
  extra = [],
  trailer,
}: PdfParts): Buffer {
  const numbers = contents.map((_, index) => 4 + 2 * index)
  const pages = contents.flatMap((content, index) => [
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> ${pageEntries} >> /Contents ${5 + 2 * index} 0 R >>`,
    typeof content === 'string' ? stream('', content) : content,
  ])
  const kids = numbers.map((number) => `${number} 0 R`).join(' ')
  const tree = `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`
  return pdfFile([`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, tree, font, ...pages, ...extra], trailer)
}

/** Writes a PDF with lines of text on each page. */
export function textPdf(pages: readonly (readonly string[])[], title?: string): Buffer {
  const info = title === undefined ? [] : [`<< /Title (${title}) >>`]
  const trailer = title === undefined ? '' : `/Info ${firstExtra(pages.length)} 0 R`
  return pagesPdf({ contents: pages.map(linesContent), extra: info, trailer })
}

/** Encodes a stream that is compressed with Flate once or several times. */
export function packedStream(data: Buffer, times = 1): Buffer {
  let packed = data
  for (let time = 0; time < times; time++) packed = deflateSync(packed, { level: 9 })
  return stream(`/Filter [${'/FlateDecode '.repeat(times)}]`, packed)
}

/** Encrypts the text of one page with RC4 of 40 bits, as PDF 1.1 has it (ISO 32000-1, 7.6.3). An empty password opens it for everyone. */
export function encryptedPdf(line: string, password: string): Buffer {
  const id = Buffer.from('0123456789abcdef')
  const padded = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), padding]).subarray(0, 32)
  const owner = rc4(md5(padded('owner')).subarray(0, 5), padded(password))
  const permissions = Buffer.alloc(4)
  permissions.writeInt32LE(-4)
  const key = md5(padded(password), owner, permissions, id).subarray(0, 5)
  const user = rc4(key, padding)
  const keyOf = (number: number): Buffer => md5(key, Buffer.from([number, 0, 0, 0, 0])).subarray(0, 10)
  const encryption = `<< /Filter /Standard /V 1 /R 2 /O <${owner.toString('hex')}> /U <${user.toString('hex')}> /P -4 >>`
  const content = stream('', rc4(keyOf(5), Buffer.from(linesContent([line]))))
  const hexId = id.toString('hex')
  return pagesPdf({ contents: [content], extra: [encryption], trailer: `/Encrypt 6 0 R /ID [<${hexId}> <${hexId}>]` })
}

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')
const md5 = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest()

function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index)
  const at = (index: number): number => state[index & 255] ?? 0
  const swap = (a: number, b: number): void => {
    const kept = at(a)
    state[a & 255] = at(b)
    state[b & 255] = kept
  }
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255
    swap(i, j)
  }
  let i = 0
  let j = 0
  return Buffer.from(
    data.map((byte) => {
      i = (i + 1) & 255
      j = (j + at(i)) & 255
      swap(i, j)
      return byte ^ at(at(i) + at(j))
    }),
  )
}
