import { hash } from 'node:crypto'
import { type CredentialReference, operator } from '../health/candidate.ts'
import type { Credential } from '../upstream/upstream-provider.ts'

/** Makes the credentials of a provider from the operator's keys: one without a key where there are none, since it may need none. */
export function gatewayCredentials(provider: string, apiKeys: readonly string[]): readonly Credential[] {
  const keys = apiKeys.length === 0 ? [undefined] : [...new Set(apiKeys)]
  return keys.map((apiKey) => ({ reference: referenceTo(provider, apiKey), apiKey }))
}

/**
 * Refers to a key of the operator. The id follows from owner, provider and key, not from the key's place in a list: it stays the same when
 * keys are moved or removed, and no other owner's credential has it, not even for the same key. A hash cut to 64 bits cannot be turned
 * back into a key, but a key that is a plain word could be guessed by it, so ids are not shown to clients.
 */
export const referenceTo = (provider: string, apiKey: string | undefined): CredentialReference => ({
  provider,
  id: hash('sha256', [operator, provider, apiKey ?? ''].join('\0'), 'hex').slice(0, 16),
  owner: operator,
})
