import type { JsonObject } from '../util/json.ts'
import { mostChoices } from './most-choices.ts'

/**
 * Returns how many answers the body of a chat asks for: as many are held for, and as many the upstream is asked for. Whatever is not a whole
 * number from 1 up is one answer, because readers of it differ: some take `"1_0"` for 10.
 */
export const askedChoices = ({ n }: JsonObject): number =>
  typeof n === 'number' && Number.isInteger(n) && n >= 1 ? Math.min(n, mostChoices) : 1
