import { AccountKeys } from '../auth/account-keys.ts'
import { createAuthenticator } from '../auth/authenticate.ts'
import type { Happenings } from '../canonical/happening.ts'
import { noLimits } from '../canonical/principal.ts'
import type { Config } from '../config/config.ts'
import { openPresets } from '../guardrails/open-presets.ts'
import { openAccountCredits } from '../ledger/account-credits.ts'
import { Analytics } from '../ledger/analytics/analytics.ts'
import { ContentLog } from '../ledger/content-log.ts'
import { ByokFees } from '../ledger/byok-fees.ts'
import { FreeModelLimits } from '../ledger/free-model-limits.ts'
import { Journal } from '../ledger/journal/journal.ts'
import { KeyUsage } from '../ledger/key-usage.ts'
import { createSoleLease } from '../ledger/lease.ts'
import { ModelUsage } from '../ledger/model-usage.ts'
import { NodeLeases } from '../ledger/node-leases.ts'
import { RateLimits } from '../ledger/rate-limits.ts'
import { createSettle } from '../ledger/settle.ts'
import { RecentRoutes } from '../ledger/recent-routes.ts'
import { SpendingLimits } from '../ledger/spending-limits.ts'
import { UsualOutput } from '../ledger/usual-output.ts'
import { decodePresetConfig } from '../protocols/chat-completions/preset-config.ts'
import { lockFile } from '../storage/file-lock.ts'
import { serverTools } from '../server-tools/_registry.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { noOwner, type KeyStore } from '../storage/stores/key-store.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import { makeApiKey } from '../util/api-key.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'

/**
 * Opens the database and the journal, and makes what depends on them: authentication, spending limits, records, the usage of models. All of
 * it lasts as long as the gateway.
 */
export async function wireStorage(dependencies: {
  readonly config: Config
  /** Returns the configuration that is in use. */
  readonly settings: () => Config
  readonly node: string
  readonly clock: Clock
  readonly happenings: Happenings
  readonly facts: Facts
  readonly opened: ClosingStack
  readonly onError: (error: Error) => void
}) {
  const { config, settings, node, clock, happenings, facts, opened, onError } = dependencies
  const { url, journal: folder, durability, retention } = config.storage
  const {
    generations,
    usage,
    analytics,
    keys,
    byok,
    destinations,
    presets,
    credits,
    books,
    feedback,
    contents,
    leases,
    isShared,
    close,
  } = await openStorage(url, {
    onError,
    onConnection: (change) => happenings.publish({ type: 'database', change }),
    retention,
    durable: durability === 'power',
  })
  opened.add(close)
  const journal = await Journal.open({ folder, durability, lockFile, store: generations, usage, onError })
  opened.add(() => journal.close())
  if (!isShared && journal.others > 0) process.emitWarning(secondGateway)
  const lease = isShared
    ? await NodeLeases.join({ node, store: leases, journal, clock, onError })
    : createSoleLease(journal)
  opened.add(async () => {
    // What is not on record yet is part of what this node has leased.
    await journal.close()
    await lease.close()
  })
  const authenticator = await createAuthenticator({ bootstrapKeys: () => settings().keys, keys, clock })
  opened.add(() => authenticator.close())
  const accountCredits = await openAccountCredits({
    credits,
    spent: (account) => journal.spentByAccount(account, 0),
    clock,
  })
  opened.add(() => accountCredits.close())
  const openedPresets = await openPresets({ store: presets, clock, decode: decodePresetConfig, typeOf: toolType })
  opened.add(() => openedPresets.close())
  const accounts = { has: (name: string) => settings().accounts.get(name)?.logContent === true }
  const contentLog = new ContentLog({ accounts, store: contents, onError })
  opened.add(() => contentLog.close())
  const limits = {
    get requestsPerMinute() {
      return settings().limits.requestsPerMinute
    },
    get tokensPerMinute() {
      return settings().limits.tokensPerMinute
    },
    get freeModels() {
      return settings().limits.freeModels
    },
  }
  return {
    generations: journal,
    byok,
    destinations,
    presets: openedPresets,
    byokFees: new ByokFees(config.byok, journal),
    authenticator,
    accountKeys: new AccountKeys({ authenticator, keys, clock }),
    keyUsage: new KeyUsage(usage, journal),
    credits: accountCredits,
    activity: usage,
    analytics: new Analytics(analytics, journal, clock),
    feedback,
    books,
    recentRoutes: new RecentRoutes(happenings),
    contentLog,
    contents,
    freeModels: new FreeModelLimits(limits, clock, facts),
    rateLimits: new RateLimits(limits, happenings, clock, facts),
    spendingLimits: new SpendingLimits({ lease, credits: accountCredits, happenings, onError }),
    lease,
    usual: new UsualOutput(),
    settle: createSettle({ journal, happenings, clock, keepsContent: accounts.has }),
    usage: new ModelUsage(usage, journal, happenings, clock),
    makeFirstKey: () => makeFirstKey(config, keys, clock),
  }
}

const secondGateway =
  'Another gateway that runs has its journal in the same folder (storage.journal), so it probably has the same SQLite file. Each of the two counts limits and credits for itself: a key may spend its limit once at each. Stop one, or give both a PostgreSQL database (storage.url).'

/** The types of server tools, by their aliases. */
const toolTypes = new Map(serverTools.flatMap(({ type, aliases }) => aliases.map((alias) => [alias, type] as const)))

const toolType = (name: string): string => toolTypes.get(name) ?? name

/** Opens the database, for commands that run beside a server. */
export const openStoredData = (config: Config): Promise<Storage> => openStorage(config.storage.url)

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
