/**
 * Tells whether an id is in the share that is sampled. It follows from the id alone, so that every node decides the same.
 * @param id Hexadecimal digits, of which the last are random, as those of a trace are (W3C Trace Context).
 * @param rate 0 to 1.
 */
export const isChosen = (id: string, rate: number): boolean => parseInt(id.slice(-13), 16) < rate * 2 ** 52
