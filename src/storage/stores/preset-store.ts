import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The states of a preset (contract §8.B). Only an active one can be used. */
export const presetStatuses = ['active', 'disabled', 'archived'] as const

export type PresetStatus = (typeof presetStatuses)[number]

/** The fields of a preset. */
export const presetFields = {
  id: 'text',
  account: 'text',
  /** Unique in the account. */
  slug: 'text',
  /** One of `presetStatuses`. */
  status: 'text',
  /** Unix milliseconds; null where the status was never changed. */
  statusUpdatedAt: 'integer?',
  /** The member of the account whose key made it; null where the key belongs to none. */
  creatorUserId: 'text?',
  /** The version that is used, and the number of the newest one. */
  designatedVersionId: 'text',
  lastVersion: 'integer',
  /** Unix milliseconds. */
  createdAt: 'integer',
  updatedAt: 'integer',
} as const satisfies RecordFields

/** The fields of a version of a preset. A version is never changed. */
export const presetVersionFields = {
  id: 'text',
  presetId: 'text',
  /** The number, from 1. */
  version: 'integer',
  /** JSON text: an object with the fields of a chat request. */
  config: 'text',
  systemPrompt: 'text?',
  /** The member of the account whose key made it, or the hash of the key. */
  creatorId: 'text',
  /** Unix milliseconds. */
  createdAt: 'integer',
} as const satisfies RecordFields

export interface PresetRecord extends RecordOf<typeof presetFields> {}

export interface PresetVersionRecord extends RecordOf<typeof presetVersionFields> {}

/** What is stored under a slug: a new preset, or a new version of the one that is there. */
export interface PresetDraft
  extends
    Pick<PresetRecord, 'id' | 'account' | 'slug' | 'creatorUserId'>,
    Pick<PresetVersionRecord, 'config' | 'systemPrompt' | 'creatorId' | 'createdAt'> {
  readonly versionId: string
}

/** Limits of what an account may store. */
export interface PresetLimits {
  readonly presets: number
  /** The most versions of one preset. The oldest are deleted. */
  readonly versions: number
}

/** The store of presets and their versions. */
export interface PresetStore {
  /** Lists the presets of all accounts, those that were changed last first. */
  list(): Promise<readonly PresetRecord[]>
  /** Returns the versions with these ids, in no order. */
  versionsOf(ids: readonly string[]): Promise<readonly PresetVersionRecord[]>
  /** Lists versions of a preset, oldest first. */
  listVersions(presetId: string, offset: number, limit: number): Promise<readonly PresetVersionRecord[]>
  countVersions(presetId: string): Promise<number>
  findVersion(presetId: string, version: number): Promise<PresetVersionRecord | null>
  /** Stores a version and designates it. An archived preset stays as it is, and so does an account that has as many as it may. */
  save(draft: PresetDraft, most: PresetLimits): Promise<'saved' | 'archived' | 'too-many'>
  /** Returns false where the account has no preset of that slug. */
  setStatus(account: string, slug: string, status: PresetStatus, now: number): Promise<boolean>
  /** Deletes a preset with all its versions. Returns false where the account has none of that slug. */
  delete(account: string, slug: string): Promise<boolean>
  /**
   * Calls the listener after this process, or another one (within 2 s), has changed the store. It may also be called without a change.
   * Returns a function that ends the subscription.
   */
  onChange(listener: () => void): () => void
}
