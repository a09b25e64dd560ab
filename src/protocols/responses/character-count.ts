/** Characters after so many wide ones count one unit each. */
const mostWide = 10_000

/** Turns places in a text from characters, in which OpenAI tells them, into UTF-16 units. The text arrives in pieces and is not kept. */
export class CharacterCount {
  #units = 0
  /** The places of the characters that take two units, in characters. */
  readonly #wide: number[] = []

  add(text: string): void {
    for (let index = 0; index < text.length && this.#wide.length < mostWide; index++) {
      const unit = text.charCodeAt(index)
      const isWide = unit >= 0xd800 && unit <= 0xdbff
      if (isWide) this.#wide.push(this.#units + index - this.#wide.length)
    }
    this.#units += text.length
  }

  /** Returns the units of so many characters at the beginning of the text. */
  unitsOf(characters: number): number {
    const wide = this.#wide.findIndex((place) => place >= characters)
    return characters + (wide === -1 ? this.#wide.length : wide)
  }
}
