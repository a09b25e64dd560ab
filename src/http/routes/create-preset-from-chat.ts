import { ChatCompletionsRequestSchema } from '../../protocols/chat-completions/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { definePresetRoute } from '../presets/define-preset-route.ts'

export const createPresetFromChat = definePresetRoute({
  surface: '/chat/completions',
  id: 'createPresetsChatCompletions',
  body: {
    schema: ChatCompletionsRequestSchema,
    example: {
      model: 'waygate/simulator',
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'You review code.' },
        { role: 'user', content: 'Hello!' },
      ],
    },
  },
  protocol: ({ chatCompletions }: { readonly chatCompletions: ClientProtocol }) => chatCompletions,
})
