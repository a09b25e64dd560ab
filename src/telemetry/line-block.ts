import type { DestinationStream } from 'pino'

/**
 * Lines that are written together: to write each line alone costs more than to make it. They are joined when they are written, because
 * pino's destination joins what it holds with each line anew to learn how long it is.
 */
export class LineBlock implements DestinationStream {
  readonly #destination: DestinationStream
  readonly #least: number
  #lines: string[] = []
  #length = 0

  /** @param least The length at which the block is written, in UTF-16 units. 0: each line is written at once. */
  constructor(destination: DestinationStream, least: number) {
    this.#destination = destination
    this.#least = least
  }

  /** Adds a line. */
  write(line: string): void {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length >= this.#least) this.flush()
  }

  /** Writes what was added. */
  flush(): void {
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#length = 0
    this.#destination.write(text)
  }
}
