import { sleep } from '../../util/sleep.ts'

/** How long a reader waits for what ended a moment ago. Under constant load something always waits. */
const waitMs = 200
const nothing = (): void => {}

/** Resolves once everything is in the database, or after a short time. A database that fails tells its reader so itself. */
export async function emptiedSoon(journal: { emptied(): Promise<void> }): Promise<void> {
  const ended = new AbortController()
  await Promise.race([journal.emptied().catch(nothing), sleep(waitMs, ended.signal)])
  ended.abort()
}
