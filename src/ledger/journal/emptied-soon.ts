import { atMost } from '../../util/at-most.ts'

/** How long a reader waits for what ended a moment ago. Under constant load something always waits. */
const waitMs = 200

/** Resolves once everything is in the database, or after a short time. A database that fails tells its reader so itself. */
export async function emptiedSoon(journal: { emptied(): Promise<void> }): Promise<void> {
  await atMost(
    waitMs,
    journal.emptied().catch(() => {}),
  )
}
