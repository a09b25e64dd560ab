import type { Cohere } from 'cohere-ai'
import { expectTypeOf } from 'vitest'
import type { CohereRequest } from '../../../src/protocols/cohere-chat/wire.ts'

/** The SDK writes names in camel case and turns them into snake case when it sends them. Its lists are mutable. */
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name
type Sdk<T> = T extends readonly (infer Item)[]
  ? Sdk<Item>[]
  : T extends object
    ? string extends keyof T
      ? Record<string, T[string]>
      : { -readonly [Key in keyof T as Key extends string ? Camel<Key> : never]: Sdk<T[Key]> }
    : T

// The gateway sends what Cohere’s SDK would send.
expectTypeOf<Sdk<Omit<CohereRequest, 'stream'>>>().toExtend<Cohere.V2ChatRequest>()
