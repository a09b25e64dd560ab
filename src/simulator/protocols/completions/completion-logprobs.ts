import { logprobOf, alternatives } from '../token-logprob.ts'

/**
 * Returns the legacy `logprobs` object. `offset` is the position of the tokens in the choice's text. The first token of an echoed prompt
 * has no token before it, so its value is null, as in OpenAI's replies.
 */
export function completionLogprobs(
  tokens: readonly string[],
  top: number,
  offset: number,
  firstIsPrompt: boolean,
): object {
  let position = offset
  const hidden = (index: number): boolean => firstIsPrompt && index === 0
  return {
    tokens,
    token_logprobs: tokens.map((token, index) => (hidden(index) ? null : logprobOf(token))),
    top_logprobs:
      top === 0
        ? null
        : tokens.map((token, index) =>
            hidden(index)
              ? null
              : Object.fromEntries(alternatives(token, top).map(({ token, logprob }) => [token, logprob])),
          ),
    text_offset: tokens.map((token) => {
      const start = position
      position += token.length
      return start
    }),
  }
}
