import type { GatewayError } from '../../canonical/errors.ts'
import type { ImagesRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { unmetField } from '../vendors/unmet-field.ts'
import { editsName } from './decode-request.ts'

/** Makes the error for images to start from that an endpoint cannot take, under the name that the client has for them. */
export const unmetReferences = (
  { source }: ImagesRequest,
  endpoint: Endpoint,
  what = 'takes no images to start from',
): GatewayError => unmetField(source.protocol === editsName ? 'images' : 'input_references', endpoint, what)
