import { hash } from 'node:crypto'
import { fullMatch } from '../../util/pattern.ts'

/**
 * The id of a call as an upstream takes it: another model may have given one that is longer, or holds other characters, such as Kimi's
 * `functions.get_weather:0`. A call and its result stay a pair, in every later request too: the same id becomes the same.
 * @param taken What the upstream takes. @param prefix How the ids begin that take the place of others.
 */
export const toolCallId = (id: string, taken: RegExp, prefix: string): string =>
  fullMatch(taken, id) !== null ? id : `${prefix}${hash('sha256', id, 'hex').slice(0, 24)}`
