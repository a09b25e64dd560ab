import type { Issue } from '../../canonical/errors.ts'
import { frameOf } from '../../canonical/frame-of.ts'
import { sharedRules } from '../gateway-fields/schema/request-rules.ts'
import { quotientOf, resolutionOf } from './image-frame.ts'
import type { ImagesRequestBody } from './schema/request.ts'

/** Ratios that are written differently and differ by less than this are the same: 1365x1024 is 4:3. */
const tolerance = 0.02

/** Checks the rules between the fields of a request, for a body that matches the schema. */
export const imagesRequestRules = (body: Omit<ImagesRequestBody, 'input_references'>): readonly Issue[] => [
  ...sharedRules({ trace: body.trace }),
  ...sizeRules(body),
]

/** A size in pixels with another resolution or ratio is refused (contract §8.B). */
function sizeRules(body: Parameters<typeof imagesRequestRules>[0]): readonly Issue[] {
  const { size, resolution, aspectRatio } = frameOf(body)
  if (size === undefined) {
    return body.size && body.resolution && body.size !== 'auto' && body.size !== body.resolution
      ? [{ path: 'resolution', message: `is not that of size ${body.size}: give only one of the two` }]
      : []
  }
  const { width, height } = size
  const quotient = quotientOf(aspectRatio)
  const issues: Issue[] = []
  if (resolution !== undefined && resolutionOf({ size }) !== resolution) {
    issues.push({ path: 'resolution', message: `is not that of ${width}x${height}: give only one of the two` })
  }
  if (quotient !== null && Math.abs(Math.log((width / height) * (1 / quotient))) > tolerance) {
    issues.push({ path: 'aspect_ratio', message: `is not that of ${width}x${height}: give only one of the two` })
  }
  return issues
}
