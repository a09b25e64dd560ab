import type { IncomingMessage } from 'node:http'
import { type ErrorKind, GatewayError } from '../../canonical/errors.ts'
import { mostReferences } from '../../protocols/images/schema/request.ts'
import { FormError } from '../../util/form/form-reader.ts'
import { GrowingBuffer } from '../../util/growing-buffer.ts'
import { mediaTypeOf, tellingBytes } from '../../util/media-type.ts'
import { plainName } from '../form/fields-of-form.ts'
import { type FileHead, isForm, readForm } from '../form/read-form.ts'
import type { Received } from '../inference.ts'
import { type BodyLimits, readJsonBody, refuseEncoded } from '../read-json-body.ts'

/** An image that was sent as a file. */
interface Upload {
  readonly head: FileHead
  readonly bytes: GrowingBuffer
}

/**
 * Reads the body of an image edit: JSON, or a form whose files become the data URLs of the same JSON. The files may have as many bytes
 * together as a body of JSON.
 * @throws GatewayError 400, 408, 413, 415
 */
export async function readImageEdit(incoming: IncomingMessage, limits: BodyLimits): Promise<Received<unknown>> {
  return { body: isForm(incoming) ? await readEditForm(incoming, limits) : await readJsonBody(incoming, limits) }
}

async function readEditForm(incoming: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  refuseEncoded(incoming)
  const images: Upload[] = []
  const masks: Upload[] = []
  let left = limits.bodyBytes
  const { image, mask, ...fields } = await readForm(incoming, { ...limits, fileBytes: limits.bodyBytes }, (head) => {
    const uploads = uploadsAt(head, images, masks)
    const bytes = new GrowingBuffer()
    uploads.push({ head, bytes })
    return (piece) => {
      left -= piece.length
      if (left >= 0 && bytes.append(piece, limits.bodyBytes)) return
      throw new GatewayError('payload_too_large', `The files are larger than ${limits.bodyBytes} bytes together.`)
    }
  })
  if (image !== undefined) throw invalid('image', 'must be a file')
  if (mask !== undefined) throw invalid('mask', 'must be a file')
  if (images.length === 0) throw invalid('image', 'is required: one file or more in the field image or image[]')
  const [only] = masks.map((upload) => referenceOf(upload, 'mask'))
  return {
    ...fields,
    images: images.map((upload, index) => referenceOf(upload, `image[${index}]`)),
    ...(only !== undefined && { mask: only }),
  }
}

/** @throws FormError where the form may have no such file, GatewayError where it has too many. */
function uploadsAt({ name }: FileHead, images: Upload[], masks: Upload[]): Upload[] {
  switch (plainName(name)) {
    case 'image':
      if (images.length < mostReferences) return images
      throw invalid('image', `must be at most ${mostReferences} files`)
    case 'mask':
      if (masks.length === 0) return masks
      throw invalid('mask', 'must be one file')
    default:
      throw new FormError(
        `has a file in the field ${JSON.stringify(name.slice(0, 100))}: send images as image or image[], and a mask as mask`,
      )
  }
}

function referenceOf({ head, bytes: { bytes } }: Upload, path: string): { readonly image_url: string } {
  if (bytes.length === 0) throw invalid(path, 'is empty')
  const type = mediaTypeOf(head.mediaType, bytes.subarray(0, tellingBytes), head.filename)
  if (!type.startsWith('image/')) throw invalid(path, `must be an image, not ${type}`, 'unsupported_image_format')
  return { image_url: `data:${type};base64,${bytes.toString('base64')}` }
}

const invalid = (path: string, message: string, kind: ErrorKind = 'invalid_request'): GatewayError =>
  new GatewayError(kind, `${path} ${message}.`, { issues: [{ path, message }] })
