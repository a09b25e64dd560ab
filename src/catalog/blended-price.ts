import type { Pricing } from './endpoint.ts'

/**
 * Returns one figure to compare endpoints by, in pico-USD: three parts prompt to one part completion (contract §6.3). What is charged by the
 * image, the character or the second has no tokens, so that its price decides there.
 */
export const blendedPrice = ({
  prompt,
  completion,
  outputImage = 0,
  character = 0,
  audioSecond = 0,
}: Pricing): number => 3 * prompt + completion + outputImage + character + audioSecond
