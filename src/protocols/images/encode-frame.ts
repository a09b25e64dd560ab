import type { ImageFrame } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { nearestRatio, nearestSize, pixelsOf, resolutionOf } from './image-frame.ts'
import type { FrameWords } from './quirks.ts'

/** Writes the size and the shape of an image in the words of a vendor. What the client left open is left open. */
export function encodeFrame(frame: ImageFrame, words: FrameWords): JsonObject {
  switch (words.type) {
    case 'size': {
      const pixels = pixelsOf(frame)
      if (pixels === undefined) return {}
      const written = `${pixels.width}x${pixels.height}`
      return { size: words.sizes === undefined ? written : nearestSize(frame, words.sizes) }
    }
    case 'sides':
      return { ...pixelsOf(frame) }
    case 'ratio': {
      const ratio = nearestRatio(frame, words.ratios)
      const resolution = resolutionOf(frame)?.toLowerCase()
      const taken = words.resolutions?.includes(resolution ?? '') === true
      return { ...(ratio !== undefined && { aspect_ratio: ratio }), ...(taken && { resolution }) }
    }
  }
}
