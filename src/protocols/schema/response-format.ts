import { Type, type Static } from 'typebox'
import { FunctionName } from './function-name.ts'
import { nullish } from './nullish.ts'
import { OpenObject } from './open-object.ts'

export const ResponseFormatSchema = Type.Union(
  [
    Type.Object({ type: Type.Literal('text') }),
    Type.Object({ type: Type.Literal('json_object') }),
    Type.Object({
      type: Type.Literal('json_schema'),
      json_schema: Type.Object({
        name: FunctionName,
        description: nullish(Type.String()),
        schema: nullish(OpenObject),
        strict: nullish(Type.Boolean({ description: 'Whether the reply must match the schema exactly.' })),
      }),
    }),
    Type.Object({ type: Type.Literal('grammar'), grammar: Type.String() }),
    Type.Object({ type: Type.Literal('python') }),
  ],
  { title: 'ResponseFormat', description: 'The form the reply must have. Source: contract §1.1.' },
)

export type ResponseFormat = Static<typeof ResponseFormatSchema>
