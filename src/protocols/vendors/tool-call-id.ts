import { hash } from 'node:crypto'
import { fullMatch } from '../../util/pattern.ts'

/**
 * Returns a call's id in a form that an upstream takes. The id may come from another model and be longer or hold other characters, such as
 * Kimi's `functions.get_weather:0`. The same id always gives the same result, so that a call and its result stay a pair, in later requests
 * too.
 * @param taken Matches the ids that the upstream takes. @param prefix The beginning of the ids that replace others.
 */
export const toolCallId = (id: string, taken: RegExp, prefix: string): string =>
  fullMatch(taken, id) !== null ? id : `${prefix}${hash('sha256', id, 'hex').slice(0, 24)}`
