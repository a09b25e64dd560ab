import { randomUUID } from 'node:crypto'
import { GatewayError } from '../../canonical/errors.ts'
import type { SecretCipher } from '../../secrets/secret-cipher.ts'
import type { DestinationChange, DestinationStore } from '../../storage/stores/destination-store.ts'
import type { Clock } from '../../util/clock.ts'
import { inTurn } from '../../util/in-turn.ts'
import { keptUpToDate } from '../../util/kept-up-to-date.ts'
import type { BroadcastTarget } from '../broadcast/broadcaster.ts'
import {
  checkKeptSecrets,
  checkOptions,
  checkSettings,
  destinationOf,
  type DestinationRules,
  testDestination,
} from './check-destination.ts'
import {
  type DestinationEntry,
  entryOf,
  openDestination,
  type OpenedDestination,
  rowOf,
  targetsOf,
} from './destination-entry.ts'
import { type DestinationOptions, usualOptions } from './destination-options.ts'
import { changedSettings, type Settings } from './masked-settings.ts'

/** A new destination, with what was decided about it. */
export interface NewDestination extends Partial<DestinationOptions> {
  readonly type: string
  readonly name: string
  readonly enabled?: boolean
  readonly config: Settings
}

/** A change of a destination. Fields that are absent stay as they are. */
export type DestinationUpdate = Partial<Omit<NewDestination, 'type'>>

/**
 * The destinations to which accounts have their generations sent (contract §6.20). Whatever concerns one account names it, so that no account
 * reaches those of another. A change counts in this process when it resolves, and in others within two seconds.
 */
export interface Destinations {
  /** Lists what the broadcaster sends to. */
  targets(): readonly BroadcastTarget[]
  /** Lists the destinations of an account, oldest first, also those that another process has added just now. */
  list(account: string): Promise<readonly DestinationEntry[]>
  /** @throws GatewayError 400 with what is wrong, 409 for a name that is taken, and where there are too many of the type */
  create(account: string, given: NewDestination): Promise<DestinationEntry>
  /**
   * Changes a destination; null where the account has none of that id.
   * @throws GatewayError 400 with what is wrong, 409 for a name that is taken, and where it was changed by another at the same time
   */
  update(account: string, id: string, given: DestinationUpdate): Promise<DestinationEntry | null>
  /** Deletes a destination. Returns false where the account has none of that id. */
  delete(account: string, id: string): Promise<boolean>
  /** Ends the subscription to the store. */
  close(): void
}

interface DestinationDependencies extends DestinationRules {
  readonly store: DestinationStore
  readonly cipher: SecretCipher
  readonly clock: Clock
  /** Called whenever the destinations were read anew. */
  readonly onRead: (targets: readonly BroadcastTarget[]) => void
  readonly onError: (error: Error) => void
}

/** The most destinations of one type of an account (contract §6.20). */
const mostOfType = 5

/** Opens the destinations. They are in memory, as a snapshot that is replaced as a whole after the store changes. */
export async function openDestinations(dependencies: DestinationDependencies): Promise<Destinations> {
  const { store, cipher, clock, destinations, onRead, onError } = dependencies
  let before: ReadonlyMap<string, OpenedDestination> = new Map()
  const load = async (): Promise<ReadonlyMap<string, OpenedDestination>> => {
    const opened = (await store.list()).map((record) => {
      const known = before.get(record.id)
      const isSame = known?.record.updatedAt === record.updatedAt && known.record.sealedConfig === record.sealedConfig
      return isSame ? known : openDestination(record, destinations.get(record.type), cipher, onError)
    })
    before = new Map(opened.map((one) => [one.record.id, one]))
    onRead(opened.flatMap(targetsOf))
    return before
  }
  const kept = await keptUpToDate(load, store.onChange)
  const ofAccount = (account: string): readonly OpenedDestination[] =>
    [...kept.value().values()].filter(({ record }) => record.account === account)
  const find = (account: string, id: string): OpenedDestination | undefined =>
    ofAccount(account).find(({ record }) => record.id === id)
  const shown = (opened: OpenedDestination): DestinationEntry => entryOf(opened, destinations.get(opened.record.type))
  const found = (account: string, id: string): DestinationEntry => {
    const opened = find(account, id)
    if (opened === undefined) throw changedMeanwhile()
    return shown(opened)
  }
  const refuseTakenName = (account: string, name: string, except: string | null): void => {
    if (ofAccount(account).some(({ record }) => record.name === name && record.id !== except)) throw takenName(name)
  }
  /** The name may have been taken meanwhile, by another process too: then the database refuses the change. */
  const changing = async <Result>(
    account: string,
    name: string,
    id: string,
    change: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      const result = await change()
      await kept.refreshed()
      return result
    } catch (error) {
      await kept.refreshed()
      refuseTakenName(account, name, id)
      throw error
    }
  }
  const oneByOne = inTurn()
  return {
    targets: () => [...kept.value().values()].flatMap(targetsOf),
    list: async (account) => {
      await kept.refreshed()
      return ofAccount(account).map(shown)
    },
    create: async (account, { type, name, enabled = true, config, ...given }) => {
      const destination = destinationOf(dependencies, type)
      const settings = changedSettings(destination, {}, config)
      checkSettings(dependencies, destination, settings)
      checkOptions(dependencies, account, given)
      refuseTakenName(account, name, null)
      await testDestination(dependencies, destination, settings)
      return oneByOne(async () => {
        refuseTakenName(account, name, null)
        if (ofAccount(account).filter(({ record }) => record.type === type).length >= mostOfType) throw tooMany(type)
        const now = clock.now()
        const row = { id: randomUUID(), account, type }
        const sealedConfig = cipher.seal(JSON.stringify(settings), rowOf(row))
        const options = JSON.stringify({ ...usualOptions, ...given })
        const record = { ...row, name, enabled, sealedConfig, options, createdAt: now, updatedAt: now }
        await changing(account, name, row.id, () => store.insert(record))
        return found(account, row.id)
      })
    },
    update: async (account, id, { name, enabled, config, ...given }) => {
      await kept.refreshed()
      const opened = find(account, id)
      if (opened === undefined) return null
      const { record, options, settings } = opened
      checkOptions(dependencies, account, given)
      refuseTakenName(account, name ?? record.name, id)
      const change: DestinationChange = {
        ...(name !== undefined && { name }),
        ...(enabled !== undefined && { enabled }),
        ...(config !== undefined && {
          sealedConfig: cipher.seal(JSON.stringify(await changedConfig(record.type, settings, config)), rowOf(record)),
        }),
        options: JSON.stringify({ ...options, ...given }),
        // It tells changes apart, so that of two at the same time neither undoes the other.
        updatedAt: Math.max(clock.now(), record.updatedAt + 1),
      }
      const isDone = await changing(account, name ?? record.name, id, () => store.update(record, change))
      if (!isDone) throw changedMeanwhile()
      return found(account, id)
    },
    delete: async (account, id) => {
      const wasThere = await store.delete(id, account, clock.now())
      await kept.refreshed()
      return wasThere
    },
    close: kept.close,
  }

  async function changedConfig(type: string, settings: Settings | null, change: Settings): Promise<Settings> {
    const destination = destinationOf(dependencies, type)
    checkKeptSecrets(destination, settings ?? {}, change)
    const changed = changedSettings(destination, settings ?? {}, change)
    checkSettings(dependencies, destination, changed)
    await testDestination(dependencies, destination, changed)
    return changed
  }
}

const takenName = (name: string): GatewayError =>
  new GatewayError('conflict', `The account has a destination ${JSON.stringify(name)} already. Choose another name.`)

const tooMany = (type: string): GatewayError =>
  new GatewayError(
    'conflict',
    `The account has ${mostOfType} destinations of the type ${type} already. Delete one first.`,
  )

const changedMeanwhile = (): GatewayError =>
  new GatewayError('conflict', 'The destination was changed or deleted at the same time. Read it and try again.')
