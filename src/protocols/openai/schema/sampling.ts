import { Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'

/** How the next token is drawn: shared by chat and completions. Absent means the upstream's own default (contract §0.6). */
export const samplingProperties = {
  temperature: nullish(Type.Number({ minimum: 0, maximum: 2, description: 'Higher is more varied.' })),
  top_p: nullish(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Only the likeliest tokens that together have this probability.',
    }),
  ),
  top_k: nullish(
    Type.Integer({ minimum: 0, description: 'Only this many of the likeliest tokens; 0 means no limit.' }),
  ),
  min_p: nullish(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Only tokens at least this likely, relative to the likeliest.',
    }),
  ),
  top_a: nullish(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Like `min_p`, with the square of the likeliest token’s probability.',
    }),
  ),
  frequency_penalty: nullish(
    Type.Number({ minimum: -2, maximum: 2, description: 'Against tokens by how often they came before.' }),
  ),
  presence_penalty: nullish(
    Type.Number({ minimum: -2, maximum: 2, description: 'Against tokens that came before at all.' }),
  ),
  repetition_penalty: nullish(
    Type.Number({ minimum: 0, maximum: 2, description: 'Against repeating the input; 1 means none.' }),
  ),
  logit_bias: nullish(
    Type.Unsafe<Record<string, number>>({
      type: 'object',
      additionalProperties: Type.Number({ minimum: -100, maximum: 100 }),
      // The contract names no limit. Vendors take some hundreds; a million would be walked by everybody on the way.
      maxProperties: 10_000,
      description: 'Token id to bias, for at most 10,000 tokens. Token ids belong to the model’s tokenizer.',
    }),
  ),
  seed: nullish(Type.Integer({ description: 'Best-effort determinism.' })),
  stop: nullish(
    Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 4 })], {
      description: 'Where to stop: one text or up to 4.',
      'x-expects': 'a string or an array of strings',
    }),
  ),
}
