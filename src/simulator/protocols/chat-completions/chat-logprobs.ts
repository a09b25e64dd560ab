import { logprobOf, alternatives } from '../token-logprob.ts'

const withBytes = ({ token, logprob }: { readonly token: string; readonly logprob: number }) => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)],
})

/** Returns the `logprobs` object of a chat choice. `top` is the number of alternatives that each token lists. */
export const chatLogprobs = (tokens: readonly string[], top: number): object => ({
  content: tokens.map((token) => ({
    ...withBytes({ token, logprob: logprobOf(token) }),
    top_logprobs: alternatives(token, top).map(withBytes),
  })),
  refusal: null,
})
