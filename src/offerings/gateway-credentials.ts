import { hash } from 'node:crypto'
import { type CredentialReference, operator } from '../health/candidate.ts'
import type { Credential } from '../upstream/upstream-provider.ts'

/**
 * Creates the credentials of a provider from the operator's keys. Without keys it creates one credential without a key, because the
 * provider may need none.
 */
export function gatewayCredentials(provider: string, apiKeys: readonly string[]): readonly Credential[] {
  const keys = apiKeys.length === 0 ? [undefined] : [...new Set(apiKeys)]
  return keys.map((apiKey) => ({ reference: referenceTo(provider, apiKey), apiKey }))
}

/**
 * Creates a reference to a key of the operator. The id follows from owner, provider and key, not from the key's position in a list: it
 * stays the same when keys are moved or removed, and no credential of another owner has it, not even for the same key. A hash cut to 64
 * bits cannot be turned back into a key, but someone could use it to confirm a guess of a simple key, so ids are not shown to clients.
 */
export const referenceTo = (provider: string, apiKey: string | undefined): CredentialReference => ({
  provider,
  id: hash('sha256', [operator, provider, apiKey ?? ''].join('\0'), 'hex').slice(0, 16),
  owner: operator,
})
