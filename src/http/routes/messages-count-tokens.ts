import { Type } from 'typebox'
import type { CountPrompt } from '../../canonical/turn.ts'
import { MessagesErrorResponseSchema } from '../../protocols/messages/schema/error.ts'
import { MessagesRequestSchema } from '../../protocols/messages/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { abortOnDisconnect } from '../abort-on-disconnect.ts'
import { defineRoute } from '../http-route.ts'
import { anthropicHeaders } from '../inference-descriptions.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly messages: ClientProtocol
  readonly limits: BodyLimits
  readonly countPrompt: CountPrompt
}

export const messagesCountTokens = defineRoute({
  method: 'post',
  path: '/messages/count_tokens',
  access: 'generation',
  id: 'countMessageTokens',
  group: 'Generation',
  summary: 'Count the tokens of a conversation',
  description:
    'Takes the body of a request to `/messages` and returns how many tokens its prompt has. Where the endpoint that would be called can count ' +
    'them, that is its own count (`source` is `provider`); else it is estimated (`estimate`). It costs nothing.',
  parameters: anthropicHeaders,
  body: {
    schema: MessagesRequestSchema,
    example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
  },
  success: {
    description: 'The count.',
    json: Type.Object(
      {
        input_tokens: Type.Integer({ minimum: 0 }),
        source: Type.Enum(['provider', 'estimate'], { description: 'Who counted.' }),
        model: Type.String({ description: 'The slug of the model that would answer.' }),
      },
      { title: 'MessageTokensCount' },
    ),
  },
  errors: [...bodyErrors, 'not_found', 'rate_limit_exceeded'],
  envelope: { json: MessagesErrorResponseSchema, encoder: ({ messages }: Dependencies) => messages },
  handle:
    ({ messages, limits, countPrompt }: Dependencies) =>
    async (exchange) => {
      const { incoming, outgoing, principal } = exchange
      const signal = abortOnDisconnect(outgoing)
      const request = messages.decodeRequest(await readJsonBody(incoming, limits), incoming.headers)
      const { tokens, source, model } = await countPrompt(request, principal, signal)
      if (!signal.aborted) exchange.json({ input_tokens: tokens, source, model })
    },
})
