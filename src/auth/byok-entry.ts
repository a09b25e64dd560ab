import type { ByokKey } from '../canonical/byok-key.ts'
import { type DataRegion, dataRegions } from '../canonical/data-region.ts'
import type { SealedSecrets } from '../secrets/sealed-secrets.ts'
import type { ByokRecord, ByokStore } from '../storage/stores/byok-store.ts'
import type { Secret } from '../util/secret.ts'

/** What an account decides about a key that it brought. */
export interface ByokSettings {
  readonly name: string | null
  readonly disabled: boolean
  readonly isFallback: boolean
  readonly isRequired: boolean
  readonly isByokOnly: boolean
  readonly declaredZdr: boolean | null
  readonly declaredRegion: DataRegion | null
  readonly allowedModels: readonly string[] | null
  readonly allowedApiKeyHashes: readonly string[] | null
  readonly allowedUserIds: readonly string[] | null
  readonly sortOrder: number
}

/** A key that an account brought, without the key itself. */
export interface ByokEntry extends ByokSettings {
  readonly id: string
  readonly provider: string
  readonly label: string
  readonly createdAt: number
}

/** The settings of a key for which nothing was decided. */
export const usualSettings: Omit<ByokSettings, 'sortOrder'> = {
  name: null,
  disabled: false,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  declaredRegion: null,
  allowedModels: null,
  allowedApiKeyHashes: null,
  allowedUserIds: null,
}

/** The settings as the store keeps them. */
export type StoredSettings = Pick<ByokRecord, keyof ByokSettings>

export const storedSettings = (settings: ByokSettings): StoredSettings => ({
  ...settings,
  allowedModels: stored(settings.allowedModels),
  allowedApiKeyHashes: stored(settings.allowedApiKeyHashes),
  allowedUserIds: stored(settings.allowedUserIds),
})

export const entryOf = (record: ByokRecord): ByokEntry => ({
  id: record.id,
  provider: record.provider,
  label: record.label,
  name: record.name,
  disabled: record.disabled,
  isFallback: record.isFallback,
  isRequired: record.isRequired,
  isByokOnly: record.isByokOnly,
  declaredZdr: record.declaredZdr,
  declaredRegion: dataRegions.find((region) => region === record.declaredRegion) ?? null,
  allowedModels: read(record.allowedModels),
  allowedApiKeyHashes: read(record.allowedApiKeyHashes),
  allowedUserIds: read(record.allowedUserIds),
  sortOrder: record.sortOrder,
  createdAt: record.createdAt,
})

/** @param secret Null where it cannot be decrypted. */
export const keyOf = (record: ByokRecord, secret: Secret | null): ByokKey => {
  const { allowedModels, allowedApiKeyHashes, allowedUserIds, ...entry } = entryOf(record)
  return {
    ...entry,
    account: record.account,
    secret,
    allowedModels: setOf(allowedModels),
    allowedApiKeyHashes: setOf(allowedApiKeyHashes),
    allowedUserIds: setOf(allowedUserIds),
  }
}

const stored = (list: readonly string[] | null): string | null => (list === null ? null : JSON.stringify(list))
const setOf = (list: readonly string[] | null): ReadonlySet<string> | null => (list === null ? null : new Set(list))

/** A list that is not one allows nothing, because a restriction must not vanish by a damage. */
function read(text: string | null): readonly string[] | null {
  if (text === null) return null
  const list: unknown = JSON.parse(text)
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
}

/** Returns the texts that a ciphertext is bound to. */
export const rowOf = ({
  id,
  account,
  provider,
}: Pick<ByokRecord, 'id' | 'account' | 'provider'>): readonly string[] => ['byok', id, account, provider]

/** Returns the encrypted keys of the store in the form that all sealed secrets share. */
export const byokSecrets = (store: ByokStore): SealedSecrets => ({
  list: async () =>
    (await store.list()).map(({ id, account, provider, sealedKey }) => ({
      id,
      account,
      sealed: sealedKey,
      row: rowOf({ id, account, provider }),
      what: `The key ${id} of account "${account}" for ${provider}`,
    })),
  reseal: store.reseal,
  delete: store.delete,
})
