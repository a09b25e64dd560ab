import type { ImagesRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import { keepAlive } from '../openai/stream-envelope.ts'
import type { ClientProtocol } from '../protocol.ts'
import { decodeEditRequest, decodeRequest, editsName, protocolName } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'

/** The client side: what `POST /images` and OpenAI's `POST /images/generations` speak. */
export const imagesClient: ClientProtocol<ImagesRequest> = {
  name: protocolName,
  decodeRequest,
  streamEncoder(identity) {
    const encoder = new StreamEncoder(identity, 'image_generation')
    return (batch) => encoder.encode(batch)
  },
  keepAlive,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}

/** The client side of OpenAI's `POST /images/edits`: the same with other names for the images and for the events. */
export const imageEditsClient: ClientProtocol<ImagesRequest> = {
  ...imagesClient,
  name: editsName,
  decodeRequest: decodeEditRequest,
  streamEncoder(identity) {
    const encoder = new StreamEncoder(identity, 'image_edit')
    return (batch) => encoder.encode(batch)
  },
}
