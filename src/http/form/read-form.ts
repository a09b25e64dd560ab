import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'
import { FormError, type FormEvent, FormReader } from '../../util/form/form-reader.ts'
import type { BodyLimits } from '../read-json-body.ts'
import { fieldsOfForm } from './fields-of-form.ts'
import { piecesWithin } from './pieces-within.ts'

/** Everything but the files. */
export const mostFieldBytes = 1_000_000
const mostParts = 300
/** What separates the parts, with their headers. */
const mostHeadBytes = 3_000_000

/** A file that begins. */
export type FileHead = Extract<FormEvent, { type: 'file' }>

/** Takes the next bytes of the file that began last. */
type TakeBytes = (bytes: Buffer) => Promise<void> | void

/** Tells whether the body of a request is a form. */
export const isForm = ({ headers }: IncomingMessage): boolean =>
  (headers['content-type'] ?? '').trimStart().toLowerCase().startsWith('multipart/form-data')

/**
 * Reads a form as it arrives, and returns its fields as the JSON body that means the same. No file is held: `open` is called where one
 * begins, and what it returns takes the bytes.
 * @param limits `fileBytes` are what its files may have together; `open` says so where they have more.
 * @throws GatewayError 400, 408, 413, and FormError is thrown by `open` for a file that the form may not have
 */
export async function readForm(
  incoming: IncomingMessage,
  limits: Pick<BodyLimits, 'bodyMs' | 'jsonDepth'> & { readonly fileBytes: number },
  open: (head: FileHead) => TakeBytes,
): Promise<Readonly<Record<string, unknown>>> {
  const fields: { readonly name: string; readonly value: string }[] = []
  let fieldBytes = 0
  const most = { milliseconds: limits.bodyMs, bytes: limits.fileBytes + mostFieldBytes + mostHeadBytes }
  let take: TakeBytes = () => {}
  try {
    const reader = new FormReader(incoming.headers['content-type'] ?? '', {
      fieldBytes: mostFieldBytes,
      parts: mostParts,
    })
    for await (const piece of piecesWithin(incoming, most)) {
      for (const event of reader.push(piece)) {
        if (event.type === 'bytes') await take(event.bytes)
        else if (event.type === 'file') take = open(event)
        else {
          fields.push(event)
          fieldBytes += event.value.length
          if (fieldBytes > mostFieldBytes)
            throw new FormError(`has more than ${mostFieldBytes} bytes besides its files`)
        }
      }
    }
    reader.end()
  } catch (error) {
    if (error instanceof FormError) throw new GatewayError('invalid_request', `The form ${error.message}.`)
    throw error
  }
  return fieldsOfForm(fields, limits)
}
