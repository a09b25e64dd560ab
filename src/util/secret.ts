/** A text that must not be shown: as text or JSON, or inspected, the object shows a placeholder. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the text itself. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[REDACTED]'
  }

  toJSON(): string {
    return '[REDACTED]'
  }
}
