import type { Pricing } from './endpoint.ts'

/** Returns one figure to compare endpoints by, in pico-USD: three parts prompt to one part completion (contract §6.3). */
export const blendedPrice = ({ prompt, completion }: Pricing): number => 3 * prompt + completion
