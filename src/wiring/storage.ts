import { AccountKeys } from '../auth/account-keys.ts'
import { createAuthenticator } from '../auth/authenticate.ts'
import type { Happenings } from '../canonical/happening.ts'
import { noLimits } from '../canonical/principal.ts'
import type { Config } from '../config/config.ts'
import { openAccountCredits } from '../ledger/account-credits.ts'
import { ContentLog } from '../ledger/content-log.ts'
import { ByokFees } from '../ledger/byok-fees.ts'
import { FreeModelLimits } from '../ledger/free-model-limits.ts'
import { Journal } from '../ledger/journal/journal.ts'
import { KeyUsage } from '../ledger/key-usage.ts'
import { soleLease } from '../ledger/lease.ts'
import { ModelUsage } from '../ledger/model-usage.ts'
import { RateLimits } from '../ledger/rate-limits.ts'
import { createReserve } from '../ledger/reserve.ts'
import { createSettle } from '../ledger/settle.ts'
import { SpendingLimits } from '../ledger/spending-limits.ts'
import { UsualOutput } from '../ledger/usual-output.ts'
import { lockFile } from '../storage/file-lock.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { noOwner, type KeyStore } from '../storage/stores/key-store.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import { makeApiKey } from '../util/api-key.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'

/** Opens the database and the journal, and makes what depends on them: authentication, spending limits, records, the usage of models. */
export async function wireStorage(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly happenings: Happenings
  readonly facts: Facts
  readonly opened: ClosingStack
  readonly onError: (error: Error) => void
  /** Asked only once requests are served. */
  readonly calibration: (model: string) => number
}) {
  const { config, clock, happenings, facts, opened, onError, calibration } = dependencies
  const { url, journal: folder, durability, retention } = config.storage
  const { generations, usage, keys, byok, credits, feedback, contents, close } = await openStorage(url, {
    onError,
    retention,
    durable: durability === 'power',
  })
  opened.add(close)
  const journal = await Journal.open({ folder, durability, lockFile, store: generations, usage, onError })
  opened.add(() => journal.close())
  const authenticator = await createAuthenticator({ bootstrapKeys: config.keys, keys, clock })
  opened.add(() => authenticator.close())
  const accountCredits = await openAccountCredits({
    credits,
    spent: (account) => journal.spentByAccount(account, 0),
    clock,
  })
  opened.add(() => accountCredits.close())
  const limits = new SpendingLimits({ generations: journal, credits: accountCredits, happenings })
  const freeModels = new FreeModelLimits(config.limits.freeModels, clock, facts)
  const usual = new UsualOutput()
  const logged = [...config.accounts].filter(([, { logContent }]) => logContent).map(([name]) => name)
  const contentLog = new ContentLog({ accounts: new Set(logged), store: contents, onError })
  opened.add(() => contentLog.close())
  const byokFees = new ByokFees(config.byok, journal)
  return {
    generations: journal,
    byok,
    byokFees,
    authenticator,
    accountKeys: new AccountKeys({ authenticator, keys, clock }),
    keyUsage: new KeyUsage(usage, journal),
    credits: accountCredits,
    activity: usage,
    feedback,
    contentLog,
    contents,
    freeModels,
    rateLimits: new RateLimits(config.limits, happenings, clock, facts),
    usual,
    reserve: createReserve({ limits, freeModels, lease: soleLease, usual, byokFees, calibration }),
    settle: createSettle({ journal, happenings, clock }),
    usage: new ModelUsage(usage, journal, happenings, clock),
    makeFirstKey: () => makeFirstKey(config, keys, clock),
  }
}

/** Opens the stored keys alone, for commands that run beside a server. */
export async function openKeyStore(config: Config): Promise<{ readonly keys: KeyStore; close(): Promise<void> }> {
  const { keys, close } = await openStorage(config.storage.url)
  return { keys, close }
}

/** Opens the database, for commands that run beside a server. */
export async function openBooks(config: Config): Promise<Storage> {
  return openStorage(config.storage.url)
}

/** Makes a key where there is none, because a gateway without keys cannot be used. */
async function makeFirstKey(config: Config, keys: KeyStore, clock: Clock): Promise<string | null> {
  if (config.keys.length > 0 || (await keys.list()).length > 0) return null
  const { key, hash, label } = makeApiKey()
  const first = {
    hash,
    label,
    name: 'first',
    account: 'default',
    ...noLimits,
    management: false,
    disabled: false,
    expiresAt: null,
    createdAt: clock.now(),
    updatedAt: null,
    ...noOwner,
  }
  try {
    await keys.insert(first)
    return key
  } catch (error) {
    // Another gateway on the same database may have made one at the same time.
    if ((await keys.list()).length > 0) return null
    throw error
  }
}
