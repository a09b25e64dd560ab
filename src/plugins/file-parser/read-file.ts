import { createHash } from 'node:crypto'
import { GatewayError } from '../../canonical/errors.ts'
import type { FeatureContext } from '../../canonical/feature-context.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { mediaTypeOf } from '../../util/media-type.ts'
import { search } from '../../util/pattern.ts'
import { type AttachedFile, refusal } from './files-of.ts'

/** The content of a file. */
export interface FileBytes {
  readonly bytes: Buffer
  readonly mediaType: string
  readonly name: string
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string
  readonly path: string
}

const mebibyte = 1_048_576

/**
 * Decodes or downloads a file.
 * @param budget The bytes that the files of the request may still have.
 * @throws GatewayError 400 that says where the file stands and what is wrong with it.
 */
export async function readFile(
  { part, source, path }: AttachedFile,
  budget: { left: number },
  { download, generation }: FeatureContext,
): Promise<FileBytes> {
  const { bytes, declared, address } = search(/^https?:\/\//i, source) === null ? decode(source, path) : await fetched()
  budget.left -= bytes.length
  if (budget.left < 0) throw refusal(path, 'the files of the request have too many bytes together')
  const name = part.filename || lastStep(address) || 'document'
  return {
    bytes,
    mediaType: mediaTypeOf(declared, bytes, name),
    name,
    hash: createHash('sha256').update(bytes).digest('hex'),
    path,
  }

  async function fetched() {
    try {
      const { bytes: content, contentType, url } = await download(source, generation.signal)
      return { bytes: content, declared: contentType, address: url }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      throw new GatewayError(error.kind, `${path}: ${error.message}`, {
        ...error.details,
        issues: [{ path, message: error.message }],
      })
    }
  }
}

function decode(source: string, path: string): { bytes: Buffer; declared: string; address?: string } {
  const url = parseDataUrl(source)
  if (url === null) throw refusal(path, 'file_data is neither a data URL nor an http(s) address')
  const bytes = Buffer.from(url.data, 'base64')
  if (bytes.length === 0) throw refusal(path, 'the file is empty')
  if (bytes.length > 64 * mebibyte) throw refusal(path, 'the file is larger than 64 MB')
  return { bytes, declared: url.mediaType }
}

/** Returns the name of the file in its address. */
const lastStep = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : URL.parse(address)?.pathname.split('/').at(-1)
