import { type Static, Type } from 'typebox'

/** Source: contract §1.5. */
export const StopConditionSchema = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal('step_count_is'),
        step_count: Type.Integer({ description: 'Tool calls run so far.' }),
      },
      { title: 'StepCountIs' },
    ),
    Type.Object(
      { type: Type.Literal('has_tool_call'), tool_name: Type.String({ minLength: 1 }) },
      { title: 'HasToolCall' },
    ),
    Type.Object(
      {
        type: Type.Literal('max_tokens_used'),
        max_tokens: Type.Integer({ description: 'Tokens used so far, prompts and completions together.' }),
      },
      { title: 'MaxTokensUsed' },
    ),
    Type.Object(
      {
        type: Type.Literal('max_cost'),
        max_cost_in_dollars: Type.Number({ description: 'USD spent so far.' }),
      },
      { title: 'MaxCost' },
    ),
    Type.Object(
      { type: Type.Literal('finish_reason_is'), reason: Type.String({ minLength: 1 }) },
      { title: 'FinishReasonIs' },
    ),
  ],
  { title: 'StopCondition', description: 'Halts the loop of server tools when it is met.' },
)

export type WireStopCondition = Static<typeof StopConditionSchema>
