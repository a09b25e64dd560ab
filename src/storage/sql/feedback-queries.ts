import { fieldNames } from '../../canonical/record-fields.ts'
import { feedbackFields, type FeedbackStore } from '../stores/feedback-store.ts'
import type { Engine } from './engine.ts'
import { fromRow } from './rows.ts'

const feedbackColumns = fieldNames(feedbackFields)

/** Creates the store of feedback. */
export const createFeedbackStore = ({ db, transaction }: Engine): FeedbackStore => ({
  put: async (feedback) => {
    const { generationId: _, category: __, ...rest } = feedback
    await transaction((changing) =>
      changing
        .insertInto('generationFeedback')
        .values(feedback)
        .onConflict((conflict) => conflict.columns(['generationId', 'category']).doUpdateSet(rest))
        .execute(),
    )
  },
  list: async (generationId, account) => {
    const rows = await db
      .selectFrom('generationFeedback')
      .select(feedbackColumns)
      .where('generationId', '=', generationId)
      .where('account', '=', account)
      .orderBy('createdAt')
      .orderBy('category')
      .execute()
    return rows.map((row) => fromRow(feedbackFields, row))
  },
})
