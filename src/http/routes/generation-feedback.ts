import { Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { feedbackCategories, type FeedbackStore } from '../../storage/stores/feedback-store.ts'
import type { Clock } from '../../util/clock.ts'
import { nullish } from '../../util/nullish.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

const FeedbackSchema = Type.Object(
  {
    generation_id: Type.String({ minLength: 1, maxLength: 100, description: 'The `id` of the reply.' }),
    category: Type.Enum([...feedbackCategories], { description: 'What was wrong.' }),
    comment: nullish(Type.String({ maxLength: 1000 })),
  },
  { title: 'FeedbackRequest' },
)

const FeedbackReplySchema = Type.Object(
  { data: Type.Object({ success: Type.Literal(true) }) },
  { title: 'FeedbackReply' },
)

const readBody = requestValidator(FeedbackSchema, () => [])

interface Dependencies {
  readonly generations: Pick<Journal, 'find'>
  readonly feedback: Pick<FeedbackStore, 'put'>
  readonly limits: BodyLimits
  readonly clock: Clock
}

/** Contract §8.B. */
export const generationFeedback = defineRoute({
  method: 'post',
  path: '/generation/feedback',
  access: 'management',
  id: 'submitFeedback',
  group: 'Account',
  summary: 'Give feedback on a generation',
  description:
    'Keeps what was wrong with a generation of the account, as long as the generation is kept. It takes the place of earlier feedback of the same category.',
  body: {
    schema: FeedbackSchema,
    example: {
      generation_id: 'gen-1760000000-abcdefghijklmnopqrst',
      category: 'latency',
      comment: 'It took a minute.',
    },
  },
  success: { description: 'It is kept.', json: FeedbackReplySchema },
  errors: [...bodyErrors, 'not_found'],
  handle:
    ({ generations, feedback, limits, clock }: Dependencies) =>
    async (exchange) => {
      const body = readBody(await readJsonBody(exchange.incoming, limits))
      const { account, keyHash } = exchange.principal
      const { generation_id: generationId, category, comment = null } = body
      if ((await generations.find(generationId, account)) === null) {
        throw new GatewayError('not_found', `There is no generation ${generationId}.`)
      }
      await feedback.put({ generationId, category, account, keyHash, comment, createdAt: clock.now() })
      exchange.json({ data: { success: true } })
    },
})
