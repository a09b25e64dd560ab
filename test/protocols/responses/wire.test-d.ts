import type { Responses } from 'openai/resources/responses/responses'
import { expectTypeOf } from 'vitest'
import type {
  InputItem,
  InputPart,
  ResponsesRequest,
  TextFormat,
  WireReasoning,
  WireTool,
} from '../../../src/protocols/responses/wire.ts'

/** The SDK's types have mutable lists, and demand ids of items that a stateless call never stored. */
type Loose<T> = T extends (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Loose<T[Key]> }
    : T
/** These types are open, because new values may come at any time. */
type KnownTtl<T> = T extends object
  ? { readonly [Key in keyof T]: Key extends 'ttl' ? '30m' | '12h' : KnownTtl<T[Key]> }
  : T
type OwnTurn = Extract<InputItem, { role: 'assistant' } | { type: 'reasoning' }>

// The gateway sends what OpenAI’s SDK would send.
expectTypeOf<KnownTtl<InputPart>>().toExtend<Loose<Responses.ResponseInputContent>>()
expectTypeOf<KnownTtl<Exclude<InputItem, OwnTurn>>>().toExtend<Loose<Responses.ResponseInputItem>>()
expectTypeOf<Extract<InputItem, { role: 'assistant' }>>().toExtend<
  Loose<Omit<Responses.ResponseOutputMessage, 'id' | 'status'>>
>()
expectTypeOf<Extract<InputItem, { type: 'reasoning' }>>().toExtend<Loose<Omit<Responses.ResponseReasoningItem, 'id'>>>()
expectTypeOf<WireTool>().toExtend<Loose<Responses.Tool>>()
expectTypeOf<TextFormat>().toExtend<Loose<Responses.ResponseFormatTextConfig>>()
expectTypeOf<WireReasoning>().toExtend<Loose<NonNullable<Responses.ResponseCreateParams['reasoning']>>>()
type Rest = Omit<ResponsesRequest, 'input' | 'text' | 'service_tier' | 'prompt_cache_options' | 'tools'>
expectTypeOf<Rest>().toExtend<Loose<Responses.ResponseCreateParams>>()
