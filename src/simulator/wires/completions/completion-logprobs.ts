import { logprobOf, rivals } from '../token-logprob.ts'

/**
 * The legacy `logprobs` object. `offset` is where the tokens begin in the choice's text.
 * The very first token of an echoed prompt has nothing before it, hence null, as OpenAI answers.
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
            hidden(index) ? null : Object.fromEntries(rivals(token, top).map(({ token, logprob }) => [token, logprob])),
          ),
    text_offset: tokens.map((token) => {
      const start = position
      position += token.length
      return start
    }),
  }
}
