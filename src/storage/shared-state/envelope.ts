import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** The encryption with the secret key of this installation. A ciphertext is bound to the texts that name its place. */
export interface PlaceBoundCipher {
  seal(content: Uint8Array, place: readonly string[]): string
  /** @throws Error for anything that was not sealed for this place with a key of this installation. */
  openBytes(sealed: string, place: readonly string[]): Uint8Array
}

/**
 * The form in which texts are on a server that others may read and write: compressed, and encrypted so that only nodes of this installation
 * can make or read them.
 */
export class Envelope {
  readonly #cipher: PlaceBoundCipher

  constructor(cipher: PlaceBoundCipher) {
    this.#cipher = cipher
  }

  /** Closes a text. The fastest compression: facts and answers are texts that repeat themselves. */
  seal(text: string, place: readonly string[]): string {
    return this.#cipher.seal(deflateRawSync(text, { level: 1 }), place)
  }

  /** Opens a text; null for what no node of this installation has sealed for this place, and for what is longer than `mostBytes`. */
  open(sealed: string, place: readonly string[], mostBytes: number): string | null {
    try {
      const content = this.#cipher.openBytes(sealed, place)
      return inflateRawSync(content, { maxOutputLength: mostBytes }).toString('utf8')
    } catch {
      return null
    }
  }
}
