import { Type } from 'typebox'

const candidate = {
  token: Type.String(),
  logprob: Type.Number(),
  bytes: Type.Union([Type.Array(Type.Integer({ minimum: 0, maximum: 255 })), Type.Null()]),
}

const TokenLogprobs = Type.Union([
  Type.Array(
    Type.Object(
      { ...candidate, top_logprobs: Type.Array(Type.Object(candidate, { title: 'TopLogprob' })) },
      { title: 'TokenLogprob' },
    ),
  ),
  Type.Null(),
])

/** Both keys must be there, null or not: the OpenAI schema requires them (contract §3.2). */
export const ChatLogprobsSchema = Type.Object(
  { content: TokenLogprobs, refusal: TokenLogprobs },
  {
    title: 'ChatLogprobs',
    description: 'Log probabilities, natural logarithm, of the tokens drawn and of their rivals.',
  },
)

/** The older, column-wise form of completions (contract §7.2). No null stands in a column, not even for an echo's first token. */
export const CompletionsLogprobsSchema = Type.Object(
  {
    tokens: Type.Array(Type.String()),
    token_logprobs: Type.Array(Type.Number()),
    top_logprobs: Type.Union([
      Type.Array(Type.Unsafe<Record<string, number>>({ type: 'object', additionalProperties: Type.Number() })),
      Type.Null(),
    ]),
    text_offset: Type.Array(Type.Integer({ minimum: 0, description: 'UTF-16 index into the text.' })),
  },
  { title: 'CompletionsLogprobs' },
)
