import { Type } from 'typebox'

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
    Type.Object(
      {
        type: Type.Literal('reasoning.text'),
        text: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        signature: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        ...common,
      },
      { title: 'ReasoningText', description: 'Thoughts as the model wrote them.' },
    ),
    Type.Object(
      { type: Type.Literal('reasoning.summary'), summary: Type.String(), ...common },
      { title: 'ReasoningSummary', description: 'What the vendor shows of the thoughts.' },
    ),
    Type.Object(
      {
        type: Type.Literal('reasoning.encrypted'),
        data: Type.String({ description: 'Opaque to everybody but the vendor that made it.' }),
        ...common,
      },
      { title: 'EncryptedReasoning', description: 'Thoughts that only their vendor can read.' },
    ),
    Type.Object(
      {
        type: Type.Literal('reasoning.server_tool_call'),
        tool_name: Type.String(),
        arguments: Type.String({ description: 'JSON text.' }),
        result: Type.String(),
        tool_call_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        ...common,
      },
      { title: 'ReasoningServerToolCall', description: 'A server tool that was called while thinking.' },
    ),
  ],
  { title: 'ReasoningDetail', description: 'A piece of the model’s thinking.' },
)
