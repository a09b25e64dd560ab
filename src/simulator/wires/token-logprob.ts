import { BadAsk } from '../ask.ts'
import { asInteger } from '../json.ts'
import { simulatedWord } from '../simulated-text.ts'

const mostRivals = 20

/** How many rivals of each token a request wants to see. */
export function askedRivals(count: unknown): number {
  const rivals = asInteger(count) ?? 0
  if (rivals > mostRivals) throw new BadAsk(`At most ${mostRivals} alternatives a token are shown, not ${rivals}.`)
  return rivals
}

/** A made-up but fixed log probability: longer tokens are less likely. */
export const logprobOf = (token: string): number => -token.length / 100

/** The token and its rivals, likeliest first. */
export function rivals(token: string, count: number): readonly { readonly token: string; readonly logprob: number }[] {
  return Array.from({ length: count }, (_, rank) =>
    rank === 0
      ? { token, logprob: logprobOf(token) }
      : { token: ` ${simulatedWord(59 - rank)}`, logprob: logprobOf(token) - rank },
  )
}
