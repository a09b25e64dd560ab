import { type SecretCipher, SealedTextError } from '../secrets/secret-cipher.ts'
import type { SealedSecret, SealedSecrets } from '../secrets/sealed-secrets.ts'
import type { ByokStore } from '../storage/stores/byok-store.ts'

/** Where the key in use is noted. */
type KeyMarks = Pick<ByokStore, 'claimKeyMark' | 'setKeyMark'>

/** A gateway that still encrypts with an older key writes at most so many rows between two passes. */
const mostPasses = 10

/**
 * Encrypts all stored secrets with the first key, while gateways run. A secret that is changed meanwhile is not overwritten.
 * @param kinds Every kind of secret that the database keeps.
 * @returns The number of secrets that were encrypted anew.
 * @throws Error where a secret cannot be decrypted, or is still written with an older key.
 */
export async function rotateSecrets(
  marks: KeyMarks,
  kinds: readonly SealedSecrets[],
  cipher: SecretCipher,
): Promise<number> {
  let resealed = 0
  for (let pass = 0; pass < mostPasses; pass++) {
    let old = 0
    for (const kind of kinds) {
      for (const secret of await kind.list()) {
        if (cipher.isCurrent(secret.sealed)) continue
        old++
        const after = cipher.seal(open(cipher, secret).reveal(), secret.row)
        if (await kind.reseal(secret.id, secret.sealed, after)) resealed++
      }
    }
    if (old > 0) continue
    await note(marks, cipher)
    return resealed
  }
  throw new Error(
    'A running gateway still encrypts with an older key. List the new key first under secrets.keys of every gateway, start them again, and repeat this.',
  )
}

/**
 * Deletes the secrets that none of the given keys can decrypt, and notes the first key as the one in use.
 * @returns The number of secrets that were deleted.
 */
export async function forgetSecrets(
  marks: KeyMarks,
  kinds: readonly SealedSecrets[],
  cipher: SecretCipher,
): Promise<number> {
  let deleted = 0
  for (const kind of kinds) {
    for (const { id, account, sealed } of await kind.list()) {
      if (!cipher.reads(cipher.markOf(sealed)) && (await kind.delete(id, account))) deleted++
    }
  }
  await note(marks, cipher)
  return deleted
}

async function note(marks: KeyMarks, { mark }: SecretCipher): Promise<void> {
  await marks.claimKeyMark(mark)
  await marks.setKeyMark(mark)
}

function open(cipher: SecretCipher, { sealed, row, what }: SealedSecret) {
  try {
    return cipher.open(sealed, row)
  } catch (error) {
    if (!(error instanceof SealedTextError)) throw error
    throw new Error(
      `${what} cannot be encrypted anew. ${error.message} ` +
        'List the key that it needs under secrets.keys, or delete it through the API.',
      { cause: error },
    )
  }
}
