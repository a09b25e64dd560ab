import type { Happenings } from '../canonical/happening.ts'
import type { Config } from '../config/config.ts'
import { BooksVerification } from '../ledger/books/verification.ts'
import { inspectJournal } from '../ledger/journal/inspect.ts'
import type { Journal } from '../ledger/journal/journal.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { BooksStore } from '../storage/stores/books-store.ts'
import type { Clock } from '../util/clock.ts'
import { maskPassword } from '../util/mask-password.ts'
import { packageVersion } from '../util/package-version.ts'
import { within } from '../util/within.ts'

/** How long the database may take to answer. */
const reachableMs = 2_000

/** Makes what an operator can learn and do about the gateway as a whole. It lasts as long as the gateway. */
export function wireOperations(dependencies: {
  readonly config: Config
  readonly node: string
  readonly storage: { readonly books: BooksStore; readonly generations: Journal }
  readonly happenings: Happenings
  readonly clock: Clock
}) {
  const { config, node, storage, happenings, clock } = dependencies
  const { url, redisUrl, journal: folder } = config.storage
  let isConnected = redisUrl === null
  happenings.subscribe((happening) => {
    if (happening.type !== 'sharing') return
    if (happening.change.kind === 'connected') isConnected = true
    if (happening.change.kind === 'lost') isConnected = false
  })
  const isReachable = async (): Promise<boolean> => {
    try {
      await within(reachableMs, storage.generations.find('none', 'none'), () => new Error('The database is late.'))
      return true
    } catch {
      return false
    }
  }
  return {
    booksVerification: new BooksVerification(() => checkBooks(url, folder, storage.books), clock),
    processFacts: { version: packageVersion(), nodeId: node, startedAt: clock.now() },
    partsOfGateway: async () => ({
      database: {
        kind: url.startsWith('sqlite:') ? ('sqlite' as const) : ('postgres' as const),
        url: maskPassword(url),
        reachable: await isReachable(),
      },
      journal: { waiting: storage.generations.waiting, full: storage.generations.isFull },
      shared_state: { kind: redisUrl === null ? ('memory' as const) : ('redis' as const), connected: isConnected },
    }),
  }
}

/**
 * Checks the books, which takes minutes where there are many. It has a connection of its own: the other one would be held for the whole time.
 * What is in memory alone is small.
 */
async function checkBooks(url: string, folder: string | null, own: BooksStore) {
  if (url === 'sqlite::memory:') {
    return { check: await own.read((books) => books.check()), journal: await inspectJournal(folder) }
  }
  const storage = await openStorage(url)
  try {
    return { check: await storage.books.read((books) => books.check()), journal: await inspectJournal(folder) }
  } finally {
    await storage.close()
  }
}
