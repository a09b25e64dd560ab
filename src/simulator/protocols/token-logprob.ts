import { asInteger } from '../json.ts'
import { InvalidRequest } from '../parsed-request.ts'
import { simulatedWord } from '../simulated-text.ts'

const mostAlternatives = 20

/** Returns how many alternatives of each token a request asks for. */
export function requestedAlternatives(count: unknown): number {
  const alternatives = asInteger(count) ?? 0
  if (alternatives > mostAlternatives)
    throw new InvalidRequest(`At most ${mostAlternatives} alternatives a token are shown, not ${alternatives}.`)
  return alternatives
}

/** Returns an invented but fixed log probability: longer tokens are less likely. */
export const logprobOf = (token: string): number => -token.length / 100

/** Returns the token and its alternatives, the likeliest first. */
export function alternatives(
  token: string,
  count: number,
): readonly { readonly token: string; readonly logprob: number }[] {
  return Array.from({ length: count }, (_, rank) =>
    rank === 0
      ? { token, logprob: logprobOf(token) }
      : { token: ` ${simulatedWord(59 - rank)}`, logprob: logprobOf(token) - rank },
  )
}
