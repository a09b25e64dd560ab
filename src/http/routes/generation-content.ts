import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { ContentLog } from '../../ledger/content-log.ts'
import type { ContentRecord, ContentStore } from '../../storage/stores/content-store.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Text = orNull(Type.String())

const PreviousErrorSchema = Type.Object({
  code: Type.Integer({ description: 'The HTTP status, or the one that the failure was mapped to.' }),
  message: Type.String(),
  provider_name: Text,
  raw: Text,
})

/** Source: contract §8.A. */
const ContentReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        input: Type.Union([
          Type.Object({ messages: Type.Array(Type.Unknown()) }),
          Type.Object({ prompt: Type.String() }),
        ]),
        output: Type.Object({
          completion: Text,
          reasoning: Text,
          tool_calls: Type.Optional(
            Type.Array(Type.Object({ id: Type.String(), name: Type.String(), arguments: Type.String() }), {
              description: 'Absent where the model called no tool of the client.',
            }),
          ),
        }),
        error: orNull(
          Type.Object({
            status: orNull(Type.Integer()),
            message: Text,
            provider_name: Text,
            raw: Text,
            previous_errors: Type.Array(PreviousErrorSchema, { description: 'The calls that failed before.' }),
          }),
        ),
      },
      { title: 'GenerationContent', description: 'What was said in one generation.' },
    ),
  },
  { title: 'GenerationContentReply' },
)

interface Dependencies {
  readonly contentLog: Pick<ContentLog, 'isOn'>
  readonly contents: Pick<ContentStore, 'find'>
}

/** Contract §8.A. */
export const generationContent = defineRoute({
  method: 'get',
  path: '/generation/content',
  access: 'key',
  id: 'getGenerationContent',
  group: 'Account',
  summary: 'Get the content of a generation',
  description:
    'What the client sent and what the model answered. Only where the operator has them logged for the account; see docs/keys.md.',
  parameters: [
    {
      name: 'id',
      in: 'query',
      required: true,
      description: 'The `id` of the reply, which is also in its `X-Generation-Id` header.',
      schema: Type.String(),
      example: 'gen-1760000000-abcdefghijklmnopqrst',
    },
  ],
  success: { description: 'The content.', json: ContentReplySchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ contentLog, contents }: Dependencies) =>
    async (exchange) => {
      const id = exchange.query.get('id')
      if (!id) throw new GatewayError('invalid_request', 'The query parameter id must name a generation: ?id=gen-…')
      const { account } = exchange.principal
      if (!contentLog.isOn(account)) {
        throw new GatewayError(
          'permission_denied',
          'The input and output of this account’s generations are not logged. The operator can switch that on, with accounts.<name>.log_content.',
        )
      }
      const content = await contents.find(id, account)
      if (content === null)
        throw new GatewayError('not_found', `There is no content of a generation ${id.slice(0, 100)}.`)
      exchange.json({ data: encode(content) })
    },
})

/** The texts in JSON were made by this gateway. */
const encode = ({ input, completion, reasoning, toolCalls, error }: ContentRecord): object => ({
  input: JSON.parse(input),
  output: { completion, reasoning, ...(toolCalls !== null && { tool_calls: JSON.parse(toolCalls) }) },
  error: error === null ? null : JSON.parse(error),
})
