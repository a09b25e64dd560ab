import { Type, type Static, type TProperties } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { ReasoningEffortSchema } from '../../../canonical/settings/reasoning.ts'

const marked = {
  prompt_cache_breakpoint: nullish(Type.Object({ mode: Type.Literal('explicit'), ttl: nullish(Type.String()) })),
}

/** A part or an item of a type that is not described here: only OpenAI's own models have a use for it. Its type stands for all of them. */
export interface Other {
  readonly type: `_${string}`
  readonly [field: string]: unknown
}

const other = (title: string, ...described: readonly string[]) =>
  Type.Unsafe<Other>(
    Type.Object(
      {
        type: Type.String({
          pattern: `^(?!(?:${described.join('|')})$)`,
          maxLength: 128,
          'x-expects': 'another type, of at most 128 characters',
        }),
      },
      { title, description: 'Any other one of the Responses API.' },
    ),
  )

const TextPart = Type.Object(
  { type: Type.Enum(['input_text', 'output_text', 'text']), text: Type.String(), ...marked },
  { title: 'InputText' },
)

const inputParts = [
  TextPart,
  Type.Object(
    {
      type: Type.Literal('input_image'),
      image_url: nullish(
        Type.String({
          pattern: '^([hH][tT][tT][pP][sS]?://|data:image/[a-zA-Z0-9.+-]{1,64};base64,)',
          'x-expects': 'an http(s) address or a data:image/…;base64, URL',
        }),
      ),
      file_id: nullish(Type.String()),
      detail: nullish(Type.Enum(['auto', 'low', 'high', 'original'])),
      ...marked,
    },
    { title: 'InputImage' },
  ),
  Type.Object(
    {
      type: Type.Literal('input_file'),
      filename: nullish(Type.String()),
      file_data: nullish(Type.String()),
      file_url: nullish(Type.String()),
      file_id: nullish(Type.String()),
      ...marked,
    },
    { title: 'InputFile' },
  ),
  Type.Object(
    {
      type: Type.Literal('input_audio'),
      input_audio: Type.Object({ data: Type.String({ minLength: 1 }), format: Type.String({ minLength: 1 }) }),
    },
    { title: 'InputAudio' },
  ),
  Type.Object({ type: Type.Literal('input_video'), video_url: Type.String({ minLength: 1 }) }, { title: 'InputVideo' }),
  Type.Object({ type: Type.Literal('refusal'), refusal: Type.String() }, { title: 'RefusalPart' }),
  other(
    'OtherPart',
    'input_text',
    'output_text',
    'text',
    'input_image',
    'input_file',
    'input_audio',
    'input_video',
    'refusal',
  ),
] as const

const Content = Type.Union([Type.String(), Type.Array(Type.Union([...inputParts]))])

const item = <Kind extends string, Properties extends TProperties>(type: Kind, title: string, properties: Properties) =>
  Type.Object({ type: Type.Literal(type), ...properties }, { title })

const callId = { call_id: Type.String({ minLength: 1 }) }
const name = { name: Type.String({ minLength: 1 }) }

/** Discriminated by `type`, which a message may leave out. Source: contract §8.A6. */
export const InputItemSchema = Type.Union(
  [
    Type.Object(
      {
        type: nullish(Type.Literal('message')),
        role: Type.Enum(['user', 'assistant', 'system', 'developer']),
        content: Content,
      },
      { title: 'InputMessage' },
    ),
    item('function_call', 'FunctionCallItem', {
      ...callId,
      ...name,
      namespace: nullish(Type.String()),
      arguments: Type.String(),
    }),
    item('function_call_output', 'FunctionCallOutputItem', { ...callId, output: Content }),
    item('custom_tool_call', 'CustomToolCallItem', {
      ...callId,
      ...name,
      namespace: nullish(Type.String()),
      input: Type.String(),
    }),
    item('custom_tool_call_output', 'CustomToolCallOutputItem', { ...callId, output: Content }),
    item('reasoning', 'ReasoningItem', {
      id: nullish(Type.String()),
      summary: nullish(Type.Array(Type.Object({ text: Type.String() }))),
      content: nullish(Type.Array(Type.Object({ text: Type.String() }))),
      encrypted_content: nullish(Type.String()),
      format: nullish(Type.String()),
      signature: nullish(Type.String()),
    }),
    item('configuration_update', 'ConfigurationUpdateItem', {
      reasoning: Type.Object({ effort: ReasoningEffortSchema }),
    }),
    other(
      'OtherItem',
      'message',
      'function_call',
      'function_call_output',
      'custom_tool_call',
      'custom_tool_call_output',
      'reasoning',
      'configuration_update',
    ),
  ],
  { title: 'InputItem', description: 'One item of the conversation.' },
)

export type WireItem = Static<typeof InputItemSchema>
export type WireContent = Static<typeof Content>
export type WirePart = Exclude<WireContent, string>[number]
