import { simulatedWord } from '../simulated-text.ts'

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
