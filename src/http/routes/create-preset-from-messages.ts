import { MessagesRequestSchema } from '../../protocols/messages/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { definePresetRoute } from '../presets/define-preset-route.ts'

export const createPresetFromMessages = definePresetRoute({
  surface: '/messages',
  id: 'createPresetsMessages',
  body: {
    schema: MessagesRequestSchema,
    example: {
      model: 'waygate/simulator',
      max_tokens: 1024,
      system: 'You review code.',
      messages: [{ role: 'user', content: 'Hello!' }],
    },
  },
  protocol: ({ messages }: { readonly messages: ClientProtocol }) => messages,
})
