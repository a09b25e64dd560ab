import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FormEvent, FormReader } from './form-reader.ts'
import { writeForm } from './write-form.ts'

const limits = { fieldBytes: 1_000_000, parts: 100 }

/** Reads a form that arrives in pieces of these sizes, and joins what belongs together. */
function read(contentType: string, body: Buffer, sizes: readonly number[]) {
  const reader = new FormReader(contentType, limits)
  const events: FormEvent[] = []
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    events.push(...reader.push(body.subarray(at, at + size)))
    at += size
  }
  reader.end()
  const fields = events.flatMap((event) => (event.type === 'field' ? [[event.name, event.value]] : []))
  const files = events.flatMap((event) => (event.type === 'file' ? [[event.name, event.filename]] : []))
  const bytes = Buffer.concat(events.flatMap((event) => (event.type === 'bytes' ? [event.bytes] : [])))
  return { fields, files, bytes }
}

const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 })
const content = fc.oneof(
  fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes)),
  // Much that looks like a delimiter.
  fc
    .array(fc.constantFrom('\r\n--', '--', '\r', '\n', '-', 'waygate-', '----'), { maxLength: 200 })
    .map((all) => Buffer.from(all.join(''))),
)
// Line ends are written as CRLF by browsers, whatever they were.
const value = fc.string({ unit: 'binary' }).filter((text) => !/[\r\n]/.test(text))

test('forms that fetch writes are read, however they are cut', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value)), content, value, sizes, async (fields, file, filename, cuts) => {
      const form = new FormData()
      for (const [name, text] of fields) form.append(name, text)
      form.append('file', new Blob([new Uint8Array(file)]), filename)
      const response = new Response(form)
      const body = Buffer.from(await response.arrayBuffer())
      const found = read(response.headers.get('content-type') ?? '', body, cuts)
      expect(found.fields).toEqual(fields.map(([name, text]) => [name, text].map((each) => each.toWellFormed())))
      expect(found.files).toEqual([['file', filename.toWellFormed()]])
      expect(found.bytes.equals(file)).toBe(true)
    }),
    { numRuns: 100 },
  ))

test('fetch reads the forms that are written, and their length is known before', () =>
  fc.assert(
    fc.asyncProperty(
      fc.dictionary(value, fc.oneof(value, fc.array(value))),
      content,
      value,
      async (fields, file, name) => {
        const read_ = () => [file]
        const written = writeForm(fields, [
          { field: 'file[]', name, mediaType: 'audio/wav', bytes: file.length, read: read_ },
        ])
        const pieces: Buffer[] = []
        for await (const piece of written.read()) pieces.push(piece)
        const body = Buffer.concat(pieces)
        expect(body.length).toBe(written.bytes)
        const form = await new Response(new Uint8Array(body), {
          headers: { 'content-type': written.contentType },
        }).formData()
        for (const [field, values] of Object.entries(fields)) {
          if (field !== 'file[]') expect(form.getAll(field)).toEqual([values].flat().map((each) => each.toWellFormed()))
        }
        const sent = form.getAll('file[]').at(-1)
        expect(sent instanceof File && Buffer.from(await sent.arrayBuffer()).equals(file)).toBe(true)
      },
    ),
    { numRuns: 100 },
  ))

test.each([
  ['no boundary', 'multipart/form-data', ''],
  ['no end', 'multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1'],
  ['no name', 'multipart/form-data; boundary=x', '--x\r\ncontent-type: text/plain\r\n\r\n1\r\n--x--'],
  ['no boundary in the body', 'multipart/form-data; boundary=x', 'hello'],
  [
    'too many parts',
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(101),
  ],
  ['endless headers', 'multipart/form-data; boundary=x', `--x\r\n${'a: b\r\n'.repeat(2_000)}`],
])('%s is refused', (_, contentType, body) => {
  expect(() => read(contentType, Buffer.from(body), [1_000])).toThrow()
})

test('a field that is too long is refused before it is whole', () => {
  const reader = new FormReader('multipart/form-data; boundary=x', { fieldBytes: 1_000, parts: 1 })
  reader.push(Buffer.from('--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n'))
  expect(() => reader.push(Buffer.alloc(2_000, 'a'))).toThrow(/1000 bytes/)
})
