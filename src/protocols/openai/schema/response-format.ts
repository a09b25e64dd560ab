import { Type, type Static } from 'typebox'
import { FunctionName } from './function-name.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'

/** Source: contract §1.1. */
export const ResponseFormatSchema = Type.Union(
  [
    Type.Object({ type: Type.Literal('text') }, { title: 'TextFormat', description: 'Any text: the default.' }),
    Type.Object(
      { type: Type.Literal('json_object') },
      { title: 'JsonObjectFormat', description: 'A JSON object of any shape.' },
    ),
    Type.Object(
      {
        type: Type.Literal('json_schema'),
        json_schema: Type.Object({
          name: FunctionName,
          description: nullish(Type.String()),
          schema: nullish(OpenObject),
          strict: nullish(Type.Boolean({ description: 'Whether the reply must match the schema exactly.' })),
        }),
      },
      { title: 'JsonSchemaFormat', description: 'JSON that matches a schema.' },
    ),
    Type.Object(
      { type: Type.Literal('grammar'), grammar: Type.String() },
      { title: 'GrammarFormat', description: 'Text of a grammar.' },
    ),
    Type.Object({ type: Type.Literal('python') }, { title: 'PythonFormat', description: 'Python code.' }),
  ],
  { title: 'ResponseFormat', description: 'The form the reply must have.' },
)

export type ResponseFormat = Static<typeof ResponseFormatSchema>
