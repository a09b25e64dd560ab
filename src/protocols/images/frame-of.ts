import type { ImageFrame } from '../../canonical/generation-request.ts'
import type { ImagesRequestBody } from './schema/request.ts'

/** Returns the size, resolution and shape that a request asks for. `auto` leaves them open, as an absent field does. */
export function frameOf(body: Pick<ImagesRequestBody, 'size' | 'resolution' | 'aspect_ratio'>): ImageFrame {
  const [width, height] = body.size?.includes('x') ? body.size.split('x').map(Number) : []
  const named = body.size === 'auto' || width !== undefined ? undefined : (body.size ?? undefined)
  return {
    ...(width !== undefined && height !== undefined && { size: { width, height } }),
    resolution: body.resolution ?? named,
    aspectRatio: body.aspect_ratio === 'auto' ? undefined : (body.aspect_ratio ?? undefined),
  }
}
