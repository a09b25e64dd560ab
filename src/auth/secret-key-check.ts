import type { SecretCipher } from '../secrets/secret-cipher.ts'
import type { ByokStore } from '../storage/stores/byok-store.ts'

/**
 * Compares the given keys with those that the database was written with. The database notes the mark of the key in use at its first start.
 * @param sealed The ciphertexts of one kind of secret.
 * @throws Error that explains what to do, where a key is missing: what was encrypted with it could not be read.
 */
export async function checkSecretKey(
  store: Pick<ByokStore, 'claimKeyMark'>,
  cipher: SecretCipher,
  sealed: readonly string[],
): Promise<void> {
  const marks = [await store.claimKeyMark(cipher.mark), ...sealed.map((text) => cipher.markOf(text))]
  // A damaged row names no key. It does not keep the gateway from running.
  const missing = marks.find((mark) => mark !== '' && !cipher.reads(mark))
  if (missing === undefined) return
  throw new Error(
    `This database keeps secrets that are encrypted with another key: it needs the key ${missing}, and secrets gives the key ${cipher.mark}. ` +
      'Bring back the file of secrets.key_file from a backup, or list the old key last under secrets.keys. ' +
      'Where the old key is lost, `waygate secrets forget` deletes what only it can read.',
  )
}
