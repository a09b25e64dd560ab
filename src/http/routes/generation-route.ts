import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Caller } from '../../canonical/principal.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import type { RouteExplanation } from '../../router/explain-route.ts'
import { nullish } from '../../util/nullish.ts'
import { OpenObject } from '../../util/open-object.ts'
import { encodeRouteExplanation, RouteExplanationReplySchema } from '../encode-route-explanation.ts'
import { findGeneration, generationParameter } from '../generations/find-generation.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

const OtherRouteSchema = Type.Object(
  {
    models: nullish(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 10,
        description: 'Absent: the model that was asked for.',
      }),
    ),
    provider: nullish(OpenObject),
  },
  { title: 'OtherRouteRequest', additionalProperties: false },
)

const readBody = requestValidator(OtherRouteSchema, () => [])

/** What the length of a prompt is taken to be where nobody counted it, and at most. */
const promptTokens = { usual: 100, most: 500_000 }
/** A short word of English is about one token. */
const word = 'word '

interface Dependencies {
  readonly generations: Pick<Journal, 'find'>
  readonly chatCompletions: ClientProtocol
  readonly explain: (request: ChatRequest, caller: Caller) => RouteExplanation
  readonly limits: BodyLimits
}

/** Of this gateway's own. */
export const generationRoute = defineRoute({
  method: 'post',
  path: '/waygate/generations/{id}/route',
  access: 'management',
  id: 'explainGenerationRoute',
  group: 'Operator',
  summary: 'Explain another route',
  description:
    'The route that a chat like this generation would take now, with other models or preferences. It has the length, the key, the session and the output limit of the generation, and none of its content, tools or parameters. It calls no provider and costs nothing.',
  parameters: [generationParameter],
  body: { schema: OtherRouteSchema, example: { provider: { sort: 'price' } } },
  success: {
    description: 'The explanation. `error` is the error that the request itself would get.',
    json: RouteExplanationReplySchema,
  },
  errors: [...bodyErrors, 'not_found'],
  handle:
    ({ generations, chatCompletions, explain, limits }: Dependencies) =>
    async (exchange) => {
      const record = await findGeneration(exchange, generations)
      const body = readBody(await readJsonBody(exchange.incoming, limits))
      if (record.operation !== 'chat') {
        throw new GatewayError(
          'invalid_request',
          `Only the route of chats can be explained, not of ${record.operation}.`,
        )
      }
      const request = chatCompletions.decodeRequest(chatLike(record, body.models, body.provider), {})
      const { account, keyHash } = record
      exchange.json({ data: encodeRouteExplanation(explain(request, { account, keyHash })) })
    },
})

/** Returns the body of a chat that routes like a generation. */
function chatLike(
  { requestedModel, promptTokens: tokens, completionTokens, sessionId, externalUser }: GenerationRecord,
  models: readonly string[] | null | undefined,
  provider: object | null | undefined,
): object {
  const length = Math.min(tokens ?? promptTokens.usual, promptTokens.most)
  return {
    ...(models !== null && models !== undefined && models.length > 0 ? { models } : { model: requestedModel }),
    messages: [{ role: 'user', content: word.repeat(Math.max(1, length)) }],
    ...(completionTokens !== null && completionTokens > 0 && { max_tokens: completionTokens }),
    ...(sessionId !== null && { session_id: sessionId }),
    ...(externalUser !== null && { user: externalUser }),
    ...(provider !== null && provider !== undefined && { provider }),
  }
}
