import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** The encryption with the secret key of this installation. A ciphertext is bound to the texts that name its place. */
export interface PlaceBoundCipher {
  seal(content: Uint8Array, place: readonly string[]): string
  /** @throws Error for anything that was not sealed for this place with a key of this installation. */
  openBytes(sealed: string, place: readonly string[]): Uint8Array
}

/**
 * The form in which texts are stored on a server that others may read and write: compressed, and encrypted so that only nodes of this
 * installation can make or read them.
 */
export class Envelope {
  readonly #cipher: PlaceBoundCipher

  constructor(cipher: PlaceBoundCipher) {
    this.#cipher = cipher
  }

  /** Seals a text. The fastest compression is enough, because facts and answers are repetitive texts. */
  seal(text: string, place: readonly string[]): string {
    return this.#cipher.seal(deflateRawSync(text, { level: 1 }), place)
  }

  /**
   * Opens a text. Returns null where no node of this installation has sealed it for this place, and where it is longer than `mostBytes`.
   */
  open(sealed: string, place: readonly string[], mostBytes: number): string | null {
    try {
      const content = this.#cipher.openBytes(sealed, place)
      return inflateRawSync(content, { maxOutputLength: mostBytes }).toString('utf8')
    } catch {
      return null
    }
  }
}
