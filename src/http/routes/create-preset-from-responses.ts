import { ResponsesRequestSchema } from '../../protocols/responses/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { definePresetRoute } from '../presets/define-preset-route.ts'

export const createPresetFromResponses = definePresetRoute({
  surface: '/responses',
  id: 'createPresetsResponses',
  body: {
    schema: ResponsesRequestSchema,
    example: { model: 'waygate/simulator', instructions: 'You review code.', input: 'Hello!' },
  },
  protocol: ({ responses }: { readonly responses: ClientProtocol }) => responses,
})
