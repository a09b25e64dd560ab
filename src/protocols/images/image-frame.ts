import type { ImageFrame, PixelSize } from '../../canonical/generation-request.ts'

/** The side in pixels of a square image of each resolution. */
const sides: Readonly<Record<string, number>> = {
  '512': 512,
  '768': 768,
  '1K': 1024,
  '1.5K': 1536,
  '2K': 2048,
  '4K': 4096,
}

/** Models make images in blocks of this many pixels. */
const block = 16

/** Returns width divided by height of a ratio such as `16:9`; null for one that is not given, and for `auto`. */
export function quotientOf(ratio: string | undefined): number | null {
  const [width = 0, height = 0] = (ratio ?? '').split(':').map(Number)
  return width > 0 && height > 0 ? width / height : null
}

/** Returns width divided by height; null where the client left that open. */
const shapeOf = ({ size, aspectRatio }: ImageFrame): number | null =>
  size === undefined ? quotientOf(aspectRatio) : size.width / size.height

/** Returns the resolution of an image in the words of the contract; undefined where the client left that open. */
export function resolutionOf({ size, resolution }: ImageFrame): string | undefined {
  if (size === undefined) return resolution
  const side = Math.sqrt(size.width * size.height)
  return nearest(Object.keys(sides), (name) => Math.abs(Math.log((sides[name] ?? 1) / side)))
}

/** Returns the size in pixels; undefined where the client left it open. */
export function pixelsOf(frame: ImageFrame): PixelSize | undefined {
  const { size, resolution } = frame
  const shape = shapeOf(frame)
  if (size !== undefined || (shape === null && resolution === undefined)) return size
  const side = sides[resolution ?? '1K'] ?? 1024
  const root = Math.sqrt(shape ?? 1)
  return { width: inBlocks(side * root), height: inBlocks(side / root) }
}

const inBlocks = (pixels: number): number => Math.max(1, Math.round(pixels / block)) * block

/** Returns the ratio of a list that is nearest to the shape of the image; undefined where the client left that open. */
export function nearestRatio(frame: ImageFrame, ratios: readonly string[]): string | undefined {
  const shape = shapeOf(frame)
  return shape === null ? undefined : nearest(ratios, (ratio) => distance(quotientOf(ratio), shape))
}

/** Returns the size of a list, such as `1536x1024`, that is nearest in shape and then in size. */
export function nearestSize(frame: ImageFrame, sizes: readonly string[]): string | undefined {
  const pixels = pixelsOf(frame)
  if (pixels === undefined) return undefined
  const { width, height } = pixels
  return nearest(sizes, (size) => {
    const [w = 1, h = 1] = size.split('x').map(Number)
    return distance(w / h, width / height) + Math.abs(Math.log((w * h) / (width * height))) / 1000
  })
}

const distance = (quotient: number | null, shape: number): number => Math.abs(Math.log((quotient ?? 1) / shape))

/** Returns the first of the nearest. */
function nearest(all: readonly string[], measure: (each: string) => number): string | undefined {
  const [first, ...others] = all
  if (first === undefined) return undefined
  return others.reduce((best, each) => (measure(each) < measure(best) ? each : best), first)
}
