import { Type, type Static } from 'typebox'
import { gatewayProperties } from '../../gateway-fields/schema/gateway-fields.ts'
import { nullish } from '../../../util/nullish.ts'
import { reasoningProperties } from '../../../canonical/settings/reasoning.ts'
import { ResponseFormatSchema } from '../../openai/schema/response-format.ts'
import { samplingProperties } from '../../openai/schema/sampling.ts'

const Tokens = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 })

/** OpenAI's own cap; without one, a single request could ask for any number of generations. */
const Choices = Type.Integer({ minimum: 1, maximum: 128, default: 1, description: 'Choices for each prompt.' })

/** `POST /completions`. Unknown keys are allowed and offered to the upstream. Source: contract §7.1. */
export const CompletionsRequestSchema = Type.Object(
  {
    prompt: Type.Union(
      [Type.String(), Type.Array(Type.String(), { minItems: 1 }), Tokens, Type.Array(Tokens, { minItems: 1 })],
      {
        description: 'Text or token ids, one prompt or several. Choices are numbered prompt by prompt.',
        'x-expects': 'a string, a non-empty array of strings, of token ids, or of non-empty arrays of token ids',
      },
    ),
    ...gatewayProperties,
    ...samplingProperties,
    ...reasoningProperties,
    max_tokens: nullish(Type.Integer({ minimum: 0, description: 'Tokens that each choice may have.' })),
    n: nullish(Choices),
    best_of: nullish(
      Type.Integer({ minimum: 1, maximum: 128, description: 'Drawn, of which the best `n` are returned.' }),
    ),
    echo: nullish(Type.Boolean({ default: false, description: 'Whether the reply begins with the prompt.' })),
    suffix: nullish(Type.String({ description: 'What comes after the text to fill in.' })),
    logprobs: nullish(
      // The contract names no limit; upstreams stop at 5 to 20, and a count without a limit is an upstream's crash.
      Type.Integer({ minimum: 0, maximum: 20, description: 'Alternatives a token: a count, not a switch as in chat.' }),
    ),
    response_format: nullish(ResponseFormatSchema),
  },
  { title: 'CompletionsRequest', description: 'Text to continue.' },
)

export type CompletionsRequest = Static<typeof CompletionsRequestSchema>
