import { Type, type Static } from 'typebox'
import { nullish } from '../../util/nullish.ts'
import type { ReasoningRequest } from '../reasoning.ts'

/** Source: contract §1.6, §10.1. */
export const ReasoningEffortSchema = Type.Enum(['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none'], {
  title: 'ReasoningEffort',
  description: 'How hard the model should think, from most to nothing.',
})

/** Source: contract §1.6. */
export const ReasoningSchema = Type.Object(
  {
    effort: nullish(ReasoningEffortSchema),
    summary: nullish(
      Type.Enum(['auto', 'concise', 'detailed'], { description: 'How wordy the summary of the thoughts is.' }),
    ),
    max_tokens: nullish(Type.Integer({ minimum: 0, description: 'Budget in tokens. Not together with `effort`.' })),
    exclude: nullish(
      Type.Boolean({ description: 'Think, but keep the thoughts out of the reply; they are billed all the same.' }),
    ),
    enabled: nullish(Type.Boolean({ description: 'True alone means medium effort.' })),
    context: nullish(
      Type.Enum(['auto', 'all_turns', 'current_turn'], { description: 'Whose thoughts the model sees again.' }),
    ),
    mode: nullish(Type.Enum(['standard', 'pro'], { description: '`pro` asks for the model’s pro sibling.' })),
  },
  { title: 'Reasoning', description: 'What the client wishes about reasoning.' },
)

/** The two ways in which a request speaks of reasoning: the object and the OpenAI shorthand. */
export const reasoningProperties = {
  reasoning: nullish(ReasoningSchema),
  reasoning_effort: nullish(ReasoningEffortSchema),
  include_reasoning: nullish(
    Type.Boolean({
      deprecated: true,
      description: 'Legacy: true means `reasoning: {}`, false means `reasoning: {exclude: true}`.',
    }),
  ),
}

export type Reasoning = Static<typeof ReasoningSchema>

/** Decodes the object; undefined where it sets nothing. */
export function reasoningRequest(reasoning: Reasoning | null | undefined): ReasoningRequest | undefined {
  const request: ReasoningRequest = {
    effort: reasoning?.effort ?? undefined,
    maxTokens: reasoning?.max_tokens ?? undefined,
    summary: reasoning?.summary ?? undefined,
    enabled: reasoning?.enabled ?? undefined,
    exclude: reasoning?.exclude ?? undefined,
    context: reasoning?.context ?? undefined,
    mode: reasoning?.mode ?? undefined,
  }
  return Object.values(request).some((value) => value !== undefined) ? request : undefined
}
