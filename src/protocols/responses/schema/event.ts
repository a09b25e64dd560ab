import { Type } from 'typebox'

/** One event of a stream; its SSE name is its type. Source: contract §8.A6. */
export const ResponsesEventSchema = Type.Object(
  {
    type: Type.String({
      description:
        '`response.created`, `response.in_progress`, events about items and their parts, and at the end `response.completed`, `response.incomplete` or `response.failed`, which comes after an `error`.',
    }),
    sequence_number: Type.Integer({ minimum: 0 }),
  },
  { title: 'ResponsesEvent', description: 'An event of a stream, as OpenAI’s Responses API has them.' },
)
