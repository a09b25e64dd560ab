import type { Pricing } from './endpoint.ts'

/** One figure to compare endpoints by: pico-USD for three parts prompt to one part completion (contract §6.3). */
export const blendedPrice = ({ prompt, completion }: Pricing): number => 3 * prompt + completion
