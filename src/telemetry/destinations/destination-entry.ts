import { type SecretCipher, SealedTextError } from '../../secrets/secret-cipher.ts'
import type { SealedSecrets } from '../../secrets/sealed-secrets.ts'
import type { DestinationRecord, DestinationStore } from '../../storage/stores/destination-store.ts'
import { parseJson } from '../../util/json.ts'
import { typedSettings } from '../../util/typed-settings.ts'
import type { BroadcastTarget } from '../broadcast/broadcaster.ts'
import type { Destination } from '../broadcast/destination.ts'
import { type DestinationOptions, readOptions } from './destination-options.ts'
import { type Settings, shownSettings } from './masked-settings.ts'

/** A destination of an account, as the account sees it. */
export interface DestinationEntry extends DestinationOptions {
  readonly id: string
  readonly account: string
  readonly type: string
  readonly name: string
  readonly enabled: boolean
  /** The settings of its type, with secrets masked. */
  readonly config: Settings
  readonly createdAt: number
  readonly updatedAt: number
}

/** What was read of one row. */
export interface OpenedDestination {
  readonly record: DestinationRecord
  readonly options: DestinationOptions
  /** Null where they cannot be read. */
  readonly settings: Settings | null
}

/** Decrypts a row. One that cannot be used is reported, and can only be changed or deleted. */
export function openDestination(
  record: DestinationRecord,
  destination: Destination | undefined,
  cipher: SecretCipher,
  onError: (error: Error) => void,
): OpenedDestination {
  const options = readOptions(record.options)
  const unusable = (reason: string): OpenedDestination => {
    onError(new Error(`${whatOf(record)} cannot be used. ${reason}`))
    return { record, options, settings: null }
  }
  if (destination === undefined) return unusable('This version of the gateway has no such type.')
  try {
    const settings: unknown = parseJson(cipher.open(record.sealedConfig, rowOf(record)).reveal())
    return { record, options, settings: typedSettings(destination.schema, settings) }
  } catch (error) {
    return unusable(error instanceof SealedTextError ? error.message : 'Its settings are not valid.')
  }
}

export const entryOf = (
  { record, options, settings }: OpenedDestination,
  destination: Destination | undefined,
): DestinationEntry => ({
  ...options,
  id: record.id,
  account: record.account,
  type: record.type,
  name: record.name,
  enabled: record.enabled,
  config: destination === undefined ? {} : shownSettings(destination, settings),
  createdAt: record.createdAt,
  updatedAt: record.updatedAt,
})

/** Returns what the broadcaster is told of it; nothing where it cannot be used. */
export function targetsOf({ record, options, settings }: OpenedDestination): readonly BroadcastTarget[] {
  if (settings === null) return []
  const { id, account, type, name, enabled } = record
  const { regions, ...rest } = options
  const target = { ...rest, id, account, type, name, settings, isConfigured: false }
  return [{ ...target, enabled: enabled && regions.includes('global') }]
}

/** Returns the texts that a ciphertext is bound to. */
export const rowOf = ({ id, account, type }: Pick<DestinationRecord, 'id' | 'account' | 'type'>): readonly string[] => [
  'destination',
  id,
  account,
  type,
]

const whatOf = ({ id, account, type }: DestinationRecord): string =>
  `The destination ${id} of account "${account}" of type ${type}`

/** Returns the encrypted settings of the store in the form that all sealed secrets share. */
export const destinationSecrets = (store: DestinationStore, now: () => number): SealedSecrets => ({
  list: async () =>
    (await store.list()).map((record) => ({
      id: record.id,
      account: record.account,
      sealed: record.sealedConfig,
      row: rowOf(record),
      what: whatOf(record),
    })),
  reseal: store.reseal,
  delete: (id, account) => store.delete(id, account, now()),
})
