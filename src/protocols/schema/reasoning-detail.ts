import { Type, type Static } from 'typebox'

const common = {
  id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  format: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description: 'Whose scheme this is, e.g. `anthropic-claude-v1`. Open: vendors add their own.',
    }),
  ),
  index: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
}

/** One entry of `reasoning_details`: in replies, and echoed by clients on the next turn (contract §2.5, §3.3a). */
export const ReasoningDetailSchema = Type.Union(
  [
    Type.Object({
      type: Type.Literal('reasoning.text'),
      text: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      signature: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      ...common,
    }),
    Type.Object({ type: Type.Literal('reasoning.summary'), summary: Type.String(), ...common }),
    Type.Object({
      type: Type.Literal('reasoning.encrypted'),
      data: Type.String({ description: 'Opaque to everybody but the vendor that made it.' }),
      ...common,
    }),
    Type.Object({
      type: Type.Literal('reasoning.server_tool_call'),
      tool_name: Type.String(),
      arguments: Type.String({ description: 'JSON text.' }),
      result: Type.String(),
      tool_call_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      ...common,
    }),
  ],
  { title: 'ReasoningDetail', description: 'A piece of the model’s thinking. Source: contract §3.3a.' },
)

export type ReasoningDetail = Static<typeof ReasoningDetailSchema>
