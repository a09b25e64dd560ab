/** One encrypted text in the database. */
export interface SealedSecret {
  readonly id: string
  readonly account: string
  readonly sealed: string
  /** The texts that the ciphertext is bound to. */
  readonly row: readonly string[]
  /** What it is, for errors. */
  readonly what: string
}

/** All encrypted texts of one kind, for what is done with every kind alike: their encryption with another key. */
export interface SealedSecrets {
  list(): Promise<readonly SealedSecret[]>
  /** Replaces a ciphertext by another of the same text. Returns false where it is no longer the one that is given. */
  reseal(id: string, before: string, after: string): Promise<boolean>
  /** Deletes the row with its ciphertext. Returns false where there is none. */
  delete(id: string, account: string): Promise<boolean>
}
