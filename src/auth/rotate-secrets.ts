import { type SecretCipher, SealedTextError } from '../secrets/secret-cipher.ts'
import type { ByokRecord, ByokStore } from '../storage/stores/byok-store.ts'
import { rowOf } from './byok-entry.ts'

/** A gateway that still encrypts with an older key writes at most so many rows between two passes. */
const mostPasses = 10

/**
 * Encrypts all stored secrets with the first key, while gateways run. A secret that is changed meanwhile is not overwritten.
 * @returns The number of secrets that were encrypted anew.
 * @throws Error where a secret cannot be decrypted, or is still written with an older key.
 */
export async function rotateSecrets(store: ByokStore, cipher: SecretCipher): Promise<number> {
  let resealed = 0
  for (let pass = 0; pass < mostPasses; pass++) {
    const old = (await store.list()).filter(({ sealedKey }) => !cipher.isCurrent(sealedKey))
    if (old.length === 0) {
      await store.claimKeyMark(cipher.mark)
      await store.setKeyMark(cipher.mark)
      return resealed
    }
    for (const record of old) {
      const after = cipher.seal(open(cipher, record).reveal(), rowOf(record))
      if (await store.reseal(record.id, record.sealedKey, after)) resealed++
    }
  }
  throw new Error(
    'A running gateway still encrypts with an older key. List the new key first under secrets.keys of every gateway, start them again, and repeat this.',
  )
}

/**
 * Deletes the secrets that none of the given keys can decrypt, and notes the first key as the one in use.
 * @returns The number of secrets that were deleted.
 */
export async function forgetSecrets(store: ByokStore, cipher: SecretCipher): Promise<number> {
  let deleted = 0
  for (const { id, account, sealedKey } of await store.list()) {
    if (!cipher.reads(cipher.markOf(sealedKey)) && (await store.delete(id, account))) deleted++
  }
  await store.claimKeyMark(cipher.mark)
  await store.setKeyMark(cipher.mark)
  return deleted
}

function open(cipher: SecretCipher, record: ByokRecord) {
  try {
    return cipher.open(record.sealedKey, rowOf(record))
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error
    const { id, account, provider } = record
    throw new Error(
      `The key ${id} of account "${account}" for ${provider} cannot be encrypted anew. ${error.message} ` +
        'List the key that it needs under secrets.keys, or delete it through the API.',
      { cause: error },
    )
  }
}
