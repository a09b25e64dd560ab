import * as fc from 'fast-check'
import type { CompletionsRequest } from '../../src/protocols/completions/schema/request.ts'
import { asJson, reasoningFields, responseFormat, sharedFields, sometimes, text } from './request-fields.ts'

const flag = sometimes(fc.boolean())
const tokens = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 4 })

/** `best_of` is never less than `n`. */
const choicesFields = fc.oneof(
  fc.record({ n: sometimes(fc.integer({ min: 1, max: 3 })) }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(2)).map(([n, more]) => ({ n, best_of: n + more })),
)

const completionsFields = fc.record({
  ...sharedFields,
  prompt: fc.oneof(
    text,
    fc.array(text, { minLength: 1, maxLength: 3 }),
    tokens,
    fc.array(tokens, { minLength: 1, maxLength: 3 }),
  ),
  max_tokens: sometimes(fc.integer({ min: 1, max: 4096 })),
  echo: flag,
  suffix: sometimes(text),
  logprobs: sometimes(fc.nat(5)),
  response_format: sometimes(responseFormat),
})

/** Generates valid bodies of `POST /completions`, as JSON has them: absent keys are missing. */
export const completionsRequest: fc.Arbitrary<CompletionsRequest> = asJson(
  fc.tuple(completionsFields, reasoningFields, choicesFields).map((parts) => Object.assign({}, ...parts)),
)
