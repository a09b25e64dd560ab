import { Type } from 'typebox'

/** One event of a stream; its SSE name is its type. Source: contract §8.A5. */
export const MessagesEventSchema = Type.Object(
  {
    type: Type.Enum([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'ping',
      'error',
    ]),
  },
  { title: 'MessagesEvent', description: 'An event of a stream, as Anthropic’s Messages API has them.' },
)
