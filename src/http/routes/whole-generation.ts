import type { AccountKeys } from '../../auth/account-keys.ts'
import type { ContentLog } from '../../ledger/content-log.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { RecentRoutes } from '../../ledger/recent-routes.ts'
import type { ContentStore } from '../../storage/stores/content-store.ts'
import type { FeedbackStore } from '../../storage/stores/feedback-store.ts'
import { encodeWhole, WholeGenerationReplySchema } from '../generations/describe-whole-generation.ts'
import { findGeneration, generationParameter } from '../generations/find-generation.ts'
import { defineRoute } from '../http-route.ts'

interface Dependencies {
  readonly generations: Pick<Journal, 'find'>
  readonly accountKeys: Pick<AccountKeys, 'find'>
  readonly feedback: Pick<FeedbackStore, 'list'>
  readonly contentLog: Pick<ContentLog, 'isOn'>
  readonly contents: Pick<ContentStore, 'find'>
  readonly recentRoutes: Pick<RecentRoutes, 'find'>
}

/** Of this gateway's own. */
export const wholeGeneration = defineRoute({
  method: 'get',
  path: '/waygate/generations/{id}',
  access: 'management',
  id: 'getWholeGeneration',
  group: 'Operator',
  summary: 'Get everything of a generation',
  description:
    'Each call with its times, each amount with its source, the fees of tools, feedback, and what was said where that is logged. The route is there while this process keeps it: for the last 2,000 generations.',
  parameters: [generationParameter],
  success: { description: 'The generation.', json: WholeGenerationReplySchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ generations, accountKeys, feedback, contentLog, contents, recentRoutes }: Dependencies) =>
    async (exchange) => {
      const { account } = exchange.principal
      const record = await findGeneration(exchange, generations)
      const isLogged = contentLog.isOn(account)
      const [comments, content] = await Promise.all([
        feedback.list(record.id, account),
        isLogged ? contents.find(record.id, account) : null,
      ])
      exchange.json({
        data: encodeWhole(record, {
          nameOf: (hash) => accountKeys.find(account, hash)?.name ?? null,
          route: recentRoutes.find(record.id),
          feedback: comments,
          isLogged,
          content,
        }),
      })
    },
})
