import type { ImageFrame } from './generation-request.ts'

/** The resolutions of the contract: the length of a side of a square image. */
export const resolutions = ['512', '768', '1K', '1.5K', '2K', '4K'] as const

/** How a client writes the size and the shape of an image. */
interface WrittenFrame {
  /** Pixels such as `1024x1024`, a resolution, or `auto`. */
  readonly size?: string | null | undefined
  readonly resolution?: string | null | undefined
  readonly aspect_ratio?: string | null | undefined
}

/**
 * Returns the size, resolution and shape that a client asks for. `auto` leaves them open, as an absent field does; so does a size or a resolution
 * of another form.
 */
export function frameOf({ size, resolution, aspect_ratio: ratio }: WrittenFrame): ImageFrame {
  const [width = 0, height = 0] = size?.includes('x') === true ? size.split('x').map(Number) : []
  return {
    ...(width > 0 && height > 0 && { size: { width, height } }),
    resolution: [resolution, size].find(isResolution),
    aspectRatio: ratio === 'auto' ? undefined : (ratio ?? undefined),
  }
}

const isResolution = (written: string | null | undefined): written is (typeof resolutions)[number] =>
  resolutions.some((resolution) => resolution === written)
