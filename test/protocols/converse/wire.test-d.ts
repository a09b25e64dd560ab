import type { ConverseRequest } from '@aws-sdk/client-bedrock-runtime'
import { expectTypeOf } from 'vitest'
import type { ConverseBody } from '../../../src/protocols/converse/wire-request.ts'

/** A type of the SDK in the form that is sent: bytes are base64, and nothing can be changed. */
type OnTheWire<Value> = Value extends Uint8Array
  ? string
  : Value extends (infer Item)[]
    ? readonly OnTheWire<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: OnTheWire<Value[Key]> }
      : Value

type Sdk = OnTheWire<Omit<ConverseRequest, 'modelId' | 'additionalModelRequestFields' | 'toolConfig' | 'messages'>>
type SdkBlock = OnTheWire<NonNullable<NonNullable<ConverseRequest['messages']>[number]['content']>[number]>
type Block = ConverseBody['messages'][number]['content'][number]

// A request has the type that the SDK defines for it.
expectTypeOf<Omit<ConverseBody, 'additionalModelRequestFields' | 'toolConfig' | 'messages'>>().toExtend<Sdk>()
expectTypeOf<Exclude<Block, { toolUse: unknown }>>().toExtend<SdkBlock>()
