import { numberOf } from '../../util/json.ts'

/** A day. A longer audio is a mistake of the provider, and must not be charged. */
const mostSeconds = 86_400

/** Returns the first of the values that is a possible length of audio, rounded up: seconds are charged whole. */
export function secondsOf(...values: readonly unknown[]): number | undefined {
  const seconds = values.map(numberOf).find((value) => value !== undefined && value >= 0 && value <= mostSeconds)
  return seconds === undefined ? undefined : Math.ceil(seconds)
}
