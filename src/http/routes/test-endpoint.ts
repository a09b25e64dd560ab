import { type Static, Type } from 'typebox'
import type { ConsoleKeys } from '../../auth/console-keys.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { GenerationContext } from '../../canonical/generation-context.ts'
import type { GenerationStream } from '../../canonical/generation-event.ts'
import { usd } from '../../canonical/money.ts'
import type { Generate } from '../../canonical/turn.ts'
import type { Catalog } from '../../catalog/model.ts'
import type { RateLimits } from '../../ledger/rate-limits.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import type { Clock } from '../../util/clock.ts'
import { generationId } from '../../util/ids.ts'
import { abortOnDisconnect } from '../abort-on-disconnect.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

const TestEndpointSchema = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 200, description: 'The slug of the model.' }),
    endpoint: Type.String({ minLength: 1, maxLength: 200, description: 'The tag of the endpoint.' }),
  },
  { title: 'TestEndpointRequest', additionalProperties: false },
)

const OutcomeSchema = Type.Object(
  {
    ok: Type.Boolean(),
    generation_id: Type.String({ description: 'The record of the call.' }),
    status: Type.Integer({ description: '200, or the status of the failure.' }),
    error: orNull(Type.String({ description: 'The message of the failure.' })),
    text: orNull(Type.String({ description: 'The beginning of the answer.' })),
    latency: orNull(Type.Number({ minimum: 0, description: 'Milliseconds to the first content.' })),
    generation_time: Type.Number({ minimum: 0, description: 'Milliseconds in all.' }),
    cost: Type.Number({ minimum: 0, description: 'USD.' }),
  },
  { title: 'EndpointTest' },
)

const TestReplySchema = Type.Object({ data: OutcomeSchema }, { title: 'EndpointTestReply' })

const readBody = requestValidator(TestEndpointSchema, () => [])

/** A few tokens, enough for a model that thinks little before it answers. */
const mostTokens = 32
const longestMs = 30_000
const shownText = 200

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly chatCompletions: ClientProtocol
  readonly consoleKeys: Pick<ConsoleKeys, 'principalOf'>
  readonly rateLimits: Pick<RateLimits, 'take'>
  readonly generate: Generate
  readonly limits: BodyLimits
  readonly clock: Clock
}

/** Of this gateway's own. */
export const testEndpoint = defineRoute({
  method: 'post',
  path: '/waygate/endpoints/test',
  access: 'management',
  id: 'testEndpoint',
  group: 'Operator',
  summary: 'Test an endpoint',
  description:
    'Makes one real call of a few tokens through one endpoint. It is recorded, and charged to the key `Console` of the account.',
  body: { schema: TestEndpointSchema, example: { model: 'waygate/simulator', endpoint: 'waygate' } },
  success: { description: 'What came of the call, failed or not.', json: TestReplySchema },
  errors: [...bodyErrors, 'not_found', 'rate_limit_exceeded'],
  handle: ({ catalog, chatCompletions, consoleKeys, rateLimits, generate, limits, clock }: Dependencies) => {
    return async (exchange) => {
      const { incoming, outgoing, requestId } = exchange
      const { account } = exchange.principal
      const { model, endpoint } = readBody(await readJsonBody(incoming, limits))
      const known = catalog(account)
        .models.get(model)
        ?.endpoints.find(({ tag }) => tag === endpoint)
      if (known === undefined) {
        throw new GatewayError('not_found', `There is no endpoint ${endpoint} of a model ${model}.`)
      }
      const principal = await consoleKeys.principalOf(account)
      const refused = rateLimits.take(principal)
      if (refused !== null) throw refused
      const request = chatCompletions.decodeRequest(
        {
          model,
          messages: [{ role: 'user', content: 'Reply with the word OK.' }],
          max_tokens: mostTokens,
          provider: { only: [endpoint], allow_fallbacks: false },
        },
        {},
      )
      const [createdAt, startedAt] = [clock.now(), clock.monotonic()]
      const id = generationId(Math.floor(createdAt / 1000))
      exchange.generationId = id
      const signal = AbortSignal.any([abortOnDisconnect(outgoing), AbortSignal.timeout(longestMs)])
      const deadline = startedAt + longestMs
      const context = new GenerationContext({ id, requestId, principal, signal, createdAt, startedAt, deadline })
      const outcome = await outcomeOf(generate(request, context), clock)
      const { error, text, firstAt, cost } = outcome
      exchange.json({
        data: {
          ok: error === null,
          generation_id: id,
          status: error?.status ?? 200,
          error: error?.message ?? null,
          text: text === '' ? null : text.slice(0, shownText),
          latency: firstAt === null ? null : Math.round(firstAt - startedAt),
          generation_time: Math.round(clock.monotonic() - startedAt),
          cost: usd(cost),
        } satisfies Static<typeof OutcomeSchema>,
      })
    }
  },
})

interface Outcome {
  readonly error: GatewayError | null
  readonly text: string
  readonly firstAt: number | null
  readonly cost: number
}

async function outcomeOf(stream: GenerationStream, clock: Clock): Promise<Outcome> {
  let text = ''
  let firstAt: number | null = null
  for await (const batch of stream) {
    for (const event of batch) {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') firstAt ??= clock.monotonic()
      if (event.type === 'text-delta') text += event.text
      if (event.type === 'error') return { error: event.error, text, firstAt, cost: 0 }
      if (event.type === 'end') return { error: null, text, firstAt, cost: event.cost.total }
    }
  }
  return {
    error: new GatewayError('timeout', `The call did not end within ${longestMs / 1000} seconds.`),
    text,
    firstAt,
    cost: 0,
  }
}
