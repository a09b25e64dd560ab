import type { FilePart } from '../../canonical/content-part.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Message } from '../../canonical/message.ts'

/** A file of a request. */
export interface AttachedFile {
  readonly part: FilePart
  /** Its data URL or address: the same source is the same file. */
  readonly source: string
  /** Where it stands first, e.g. `messages[0].content[1]`. */
  readonly path: string
}

/**
 * Lists the files of the messages, each source once.
 * @throws GatewayError 400 for more than `most`, and for a file that only its provider has.
 */
export function filesOf(messages: readonly Message[], most: number): readonly AttachedFile[] {
  const files = new Map<string, AttachedFile>()
  for (const [index, { content }] of messages.entries()) {
    for (const [position, part] of content.entries()) {
      if (part.type !== 'file') continue
      const path = `messages[${index}].content[${position}]`
      if (part.data === undefined) {
        throw refusal(
          path,
          'a file that was uploaded to a provider is only read by models that take files; send file_data',
        )
      }
      if (!files.has(part.data)) files.set(part.data, { part, source: part.data, path })
      if (files.size > most) throw refusal(path, `is one of more than ${most} files, which is the most of this request`)
    }
  }
  return [...files.values()]
}

/** Makes the error for a file that cannot be used. */
export const refusal = (path: string, message: string): GatewayError =>
  new GatewayError('invalid_request', `${path}: ${message}.`, { issues: [{ path, message }] })
