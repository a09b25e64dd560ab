import { Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'

const maxResults = nullish(Type.Integer({ minimum: 1 }))

/** Source: contract §1.1. */
export const DeferredToolsSchema = Type.Object(
  {
    protocol: Type.Literal('v1'),
    profile: Type.Literal('portable'),
    validation: Type.Literal('runtime'),
    search: Type.Union([
      Type.Object({ type: Type.Enum(['bm25', 'regex']), max_results: maxResults }, { title: 'ToolSearch' }),
      Type.Object(
        {
          type: Type.Literal('custom'),
          tool_id: Type.String({ minLength: 1 }),
          result_key: Type.String({ minLength: 1 }),
          max_results: maxResults,
        },
        { title: 'CustomToolSearch' },
      ),
    ]),
  },
  {
    title: 'DeferredTools',
    description: 'How tools are to be found by search. No effect yet: the model is given all tools.',
  },
)
