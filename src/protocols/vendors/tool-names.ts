import { hash } from 'node:crypto'

/**
 * Translates the names of one call's tools to names that an upstream takes, and back. A name that it takes stays as it is. In any other
 * name the refused characters become `_`, and where two tools would then have one name, part of a hash tells them apart.
 */
export class ToolNames {
  readonly #refused: RegExp
  readonly #longest: number
  readonly #taken: ReadonlySet<string>
  readonly #toWire = new Map<string, string>()
  readonly #fromWire = new Map<string, string>()

  /**
   * @param refused Matches each character that the upstream refuses; it needs the flag `g`.
   * @param taken Names that the upstream uses itself in this call.
   */
  constructor(refused: RegExp, longest: number, taken: readonly string[] = []) {
    this.#refused = refused
    this.#longest = longest
    this.#taken = new Set(taken)
  }

  toWire(name: string): string {
    const known = this.#toWire.get(name)
    if (known !== undefined) return known
    const plain = name.replaceAll(this.#refused, '_').slice(0, this.#longest) || '_'
    const wire = this.#isFree(plain, name) ? plain : `${plain.slice(0, this.#longest - 9)}_${mark(name)}`
    this.#toWire.set(name, wire)
    this.#fromWire.set(wire, name)
    return wire
  }

  /** Returns the client's name of a tool. The name of a tool that was not offered stays as it is. */
  fromWire(wire: string): string {
    return this.#fromWire.get(wire) ?? wire
  }

  #isFree(wire: string, name: string): boolean {
    return !this.#taken.has(wire) && (this.#fromWire.get(wire) ?? name) === name
  }
}

const mark = (name: string): string => hash('sha256', name, 'hex').slice(0, 8)
