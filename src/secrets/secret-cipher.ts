import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from '../util/secret.ts'
import type { InstallationKey } from './installation-key.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** An encrypted text that cannot be decrypted: its key is not among those that are given, or it was changed or moved. */
export class SealedTextError extends Error {
  readonly reason: 'unknown-key' | 'damaged'

  constructor(reason: 'unknown-key' | 'damaged') {
    super(
      reason === 'unknown-key'
        ? 'It is encrypted with a key that this gateway does not have.'
        : 'Its ciphertext was changed, or belongs to another row.',
    )
    this.reason = reason
  }
}

/** One key, with the mark by which ciphertexts name it. The mark does not reveal the key. */
interface MarkedKey {
  readonly mark: string
  readonly key: Buffer
}

/**
 * The encryption of secrets at rest: AES-256-GCM with keys that are derived from those of the installation. The first key encrypts, and all
 * of them decrypt, so that a key can be replaced while gateways run. A ciphertext is bound to the texts that name its row: copied to another
 * row, it cannot be decrypted.
 */
export class SecretCipher {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #first: MarkedKey

  /**
   * @param keys At least one; the first one encrypts.
   * @param purpose Names what is encrypted: each purpose has a key of its own.
   */
  constructor(keys: readonly [InstallationKey, ...InstallationKey[]], purpose = 'stored-secrets') {
    const [first] = keys
    this.#first = marked(first, purpose)
    this.#keys = new Map(keys.map((one) => marked(one, purpose)).map(({ mark, key }) => [mark, key]))
  }

  /** The mark of the key that encrypts. */
  get mark(): string {
    return this.#first.mark
  }

  /** Tells whether the key with this mark is among those that are given. */
  reads(mark: string): boolean {
    return this.#keys.has(mark)
  }

  /** Returns the mark of the key that a ciphertext was made with. */
  markOf(sealed: string): string {
    return sealed.slice(0, Math.max(0, sealed.indexOf('.')))
  }

  /** Tells whether a ciphertext was made with the key that encrypts now. */
  isCurrent(sealed: string): boolean {
    return this.markOf(sealed) === this.#first.mark
  }

  /** Encrypts a text, or bytes. @param row The texts that name the row in which the result is kept. */
  seal(content: string | Uint8Array, row: readonly string[]): string {
    const { mark, key } = this.#first
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, key, iv).setAAD(boundTo(mark, row))
    const body = Buffer.concat([iv, cipher.update(Buffer.from(content)), cipher.final(), cipher.getAuthTag()])
    return `${mark}.${body.toString('base64url')}`
  }

  /**
   * Decrypts a text.
   * @throws SealedTextError
   */
  open(sealed: string, row: readonly string[]): Secret {
    return new Secret(this.openBytes(sealed, row).toString('utf8'))
  }

  /**
   * Decrypts bytes.
   * @throws SealedTextError
   */
  openBytes(sealed: string, row: readonly string[]): Buffer {
    const mark = this.markOf(sealed)
    const key = this.#keys.get(mark)
    if (key === undefined) throw new SealedTextError('unknown-key')
    const body = Buffer.from(sealed.slice(mark.length + 1), 'base64url')
    if (body.length < ivBytes + tagBytes) throw new SealedTextError('damaged')
    const decipher = createDecipheriv(algorithm, key, body.subarray(0, ivBytes), { authTagLength: tagBytes })
      .setAAD(boundTo(mark, row))
      .setAuthTag(body.subarray(-tagBytes))
    try {
      return Buffer.concat([decipher.update(body.subarray(ivBytes, -tagBytes)), decipher.final()])
    } catch {
      throw new SealedTextError('damaged')
    }
  }
}

const marked = (key: InstallationKey, purpose: string): MarkedKey => ({
  mark: key.derive(`${purpose}-mark`).toString('hex').slice(0, 16),
  key: key.derive(purpose),
})

/** JSON keeps the parts apart: no two rows have the same text. */
const boundTo = (mark: string, row: readonly string[]): Buffer => Buffer.from(JSON.stringify([mark, ...row]))
