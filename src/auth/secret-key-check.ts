import type { SecretCipher } from '../secrets/secret-cipher.ts'
import type { ByokRecord, ByokStore } from '../storage/stores/byok-store.ts'

/**
 * Compares the given keys with those that the database was written with. The database notes the mark of the key in use at its first start.
 * @throws Error that explains what to do, where a key is missing: what was encrypted with it could not be read.
 */
export async function checkSecretKey(
  store: ByokStore,
  cipher: SecretCipher,
  records: readonly ByokRecord[],
): Promise<void> {
  const marks = [await store.claimKeyMark(cipher.mark), ...records.map(({ sealedKey }) => cipher.markOf(sealedKey))]
  // A damaged row names no key. It does not keep the gateway from running.
  const missing = marks.find((mark) => mark !== '' && !cipher.reads(mark))
  if (missing === undefined) return
  throw new Error(
    `This database keeps secrets that are encrypted with another key: it needs the key ${missing}, and secrets gives the key ${cipher.mark}. ` +
      'Bring back the file of secrets.key_file from a backup, or list the old key last under secrets.keys. ' +
      'Where the old key is lost, `waygate secrets forget` deletes what only it can read.',
  )
}
