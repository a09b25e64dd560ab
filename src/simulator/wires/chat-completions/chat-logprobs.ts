import { logprobOf, rivals } from '../token-logprob.ts'

const withBytes = ({ token, logprob }: { readonly token: string; readonly logprob: number }) => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)],
})

/** The `logprobs` object of a chat choice; `top` is how many rivals each token shows. */
export const chatLogprobs = (tokens: readonly string[], top: number): object => ({
  content: tokens.map((token) => ({
    ...withBytes({ token, logprob: logprobOf(token) }),
    top_logprobs: rivals(token, top).map(withBytes),
  })),
  refusal: null,
})
