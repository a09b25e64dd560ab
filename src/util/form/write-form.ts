import { randomBytes } from 'node:crypto'

/** A file of a form. It is read anew each time that the form is written. */
export interface FormFile {
  readonly field: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  readonly read: () => AsyncIterable<Buffer> | Iterable<Buffer>
}

/** A form that can be sent: its length is known before its files are read. */
export interface WrittenForm {
  readonly contentType: string
  readonly bytes: number
  readonly read: () => AsyncIterable<Buffer>
}

type FormValue = string | number | boolean

/** Writes `multipart/form-data` (RFC 7578). A list becomes one field for each value. */
export function writeForm(fields: Readonly<Record<string, unknown>>, files: readonly FormFile[]): WrittenForm {
  const boundary = `waygate-${randomBytes(18).toString('hex')}`
  const head = (lines: string): Buffer => Buffer.from(`--${boundary}\r\n${lines}\r\n\r\n`)
  const written = Object.entries(fields).flatMap(([name, value]) =>
    valuesOf(name, value).map(([key, text]) =>
      Buffer.concat([head(`content-disposition: form-data; name="${escaped(key)}"`), Buffer.from(`${text}\r\n`)]),
    ),
  )
  const heads = files.map(({ field, name, mediaType }) =>
    head(
      `content-disposition: form-data; name="${escaped(field)}"; filename="${escaped(name)}"\r\ncontent-type: ${inOneLine(mediaType)}`,
    ),
  )
  const last = Buffer.from(`--${boundary}--\r\n`)
  const before = Buffer.concat(written)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: files.reduce(
      (sum, file, index) => sum + (heads[index]?.length ?? 0) + file.bytes + lineEnd.length,
      before.length + last.length,
    ),
    async *read() {
      yield before
      for (const [index, file] of files.entries()) {
        yield heads[index] ?? Buffer.of()
        yield* file.read()
        yield lineEnd
      }
      yield last
    },
  }
}

const lineEnd = Buffer.from('\r\n')

function valuesOf(name: string, value: unknown): readonly (readonly [name: string, text: string])[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(name, each))
  if (value === undefined || value === null) return []
  return [[name, isFormValue(value) ? String(value) : JSON.stringify(value)]]
}

const isFormValue = (value: unknown): value is FormValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** As browsers write names (WHATWG HTML, multipart/form-data encoding). */
const escaped = (name: string): string => inOneLine(name.replaceAll('"', '%22'))

/** A line end would begin another header. */
const inOneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')
