import { randomUUID } from 'node:crypto'
import { GatewayError, type Issue } from '../canonical/errors.ts'
import { maskedLabel } from '../secrets/masked-label.ts'
import type { SecretCipher } from '../secrets/secret-cipher.ts'
import type { ByokRecord } from '../storage/stores/byok-store.ts'
import type { Clock } from '../util/clock.ts'
import { type ByokSettings, entryOf, rowOf, storedSettings, usualSettings } from './byok-entry.ts'

/** A new key, with what was decided about it. */
export interface NewByokKey extends Partial<ByokSettings> {
  readonly provider: string
  readonly key: string
}

/** A change of a key. Fields that are absent stay as they are. */
export interface ByokUpdate extends Partial<ByokSettings> {
  readonly key?: string
}

/** What a change of a key is checked with. */
export interface ByokRules {
  readonly cipher: SecretCipher
  readonly clock: Clock
  /** Reads a key for a provider: returns the text whose ends its label shows, or what is wrong. */
  readonly readKey: (provider: string, key: string) => { readonly shown: string } | Issue
  /** Tells whether an API key with this hash is one of the account. */
  readonly hasApiKey: (hash: string, account: string) => boolean
}

/** The most keys of one account: all of them are kept in memory. */
const mostKeys = 1_000

/**
 * Makes the record of a new key.
 * @param others The keys that the account has already.
 * @throws GatewayError 400 with what is wrong
 */
export function newRecord(
  { cipher, clock, readKey, hasApiKey }: ByokRules,
  account: string,
  { provider, key, ...given }: NewByokKey,
  others: readonly ByokRecord[],
): ByokRecord {
  if (others.length >= mostKeys) {
    throw new GatewayError(
      'invalid_request',
      `The account has ${mostKeys} keys for providers already. Delete one first.`,
    )
  }
  const read = readKey(provider, key)
  const position = Math.max(
    -1,
    ...others.filter((other) => other.provider === provider).map((other) => other.sortOrder),
  )
  const settings: ByokSettings = { ...usualSettings, sortOrder: position + 1, ...given }
  refuseIssues([...('shown' in read ? [] : [read]), ...issuesOf(settings, account, hasApiKey)])
  const row = { id: randomUUID(), account, provider }
  return {
    ...row,
    ...storedSettings(settings),
    sealedKey: cipher.seal(key, rowOf(row)),
    label: 'shown' in read ? maskedLabel(read.shown) : '',
    createdAt: clock.now(),
    updatedAt: null,
  }
}

/**
 * Returns the fields that a change writes.
 * @throws GatewayError 400 with what is wrong
 */
export function changedFields(
  { cipher, readKey, hasApiKey }: ByokRules,
  record: ByokRecord,
  { key, ...given }: ByokUpdate,
): Partial<ByokRecord> {
  const settings: ByokSettings = { ...entryOf(record), ...given }
  const read = key === undefined ? null : readKey(record.provider, key)
  const issues = issuesOf(settings, record.account, hasApiKey)
  refuseIssues([...(read === null || 'shown' in read ? [] : [read]), ...issues])
  const { allowedModels, allowedApiKeyHashes, allowedUserIds, ...plain } = given
  const lists = storedSettings(settings)
  return {
    ...plain,
    ...(allowedModels !== undefined && { allowedModels: lists.allowedModels }),
    ...(allowedApiKeyHashes !== undefined && { allowedApiKeyHashes: lists.allowedApiKeyHashes }),
    ...(allowedUserIds !== undefined && { allowedUserIds: lists.allowedUserIds }),
    ...(key !== undefined &&
      read !== null &&
      'shown' in read && { sealedKey: cipher.seal(key, rowOf(record)), label: maskedLabel(read.shown) }),
  }
}

function issuesOf(
  { isFallback, isRequired, isByokOnly, allowedApiKeyHashes }: ByokSettings,
  account: string,
  hasApiKey: ByokRules['hasApiKey'],
): readonly Issue[] {
  const unknown = (allowedApiKeyHashes ?? []).findIndex((hash) => !hasApiKey(hash, account))
  const exclusive = isRequired ? 'is_required' : isByokOnly ? 'is_byok_only' : null
  return [
    ...(isFallback && exclusive !== null
      ? [
          {
            path: 'is_fallback',
            message: `must be false where ${exclusive} is true: such a key has nothing to fall back from`,
          },
        ]
      : []),
    ...(unknown === -1
      ? []
      : [{ path: `allowed_api_key_hashes[${unknown}]`, message: 'must be the hash of an API key of this account' }]),
  ]
}

/** @throws GatewayError 400 where there is an issue */
function refuseIssues(issues: readonly Issue[]): void {
  const [first] = issues
  if (first === undefined) return
  throw new GatewayError('invalid_request', `${first.path} ${first.message}`, { issues })
}
