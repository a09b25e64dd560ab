import type { ServerResponse } from 'node:http'
import { writtenAs } from './written-as.ts'

const lineEnd = '\r\n'

/**
 * The body of a reply whose head was written and whose length is not known. Its chunks are framed here (RFC 9112 §7.1), so that each is one
 * string for the socket: Node would write a length, a line end, the text and a line end, and the four took more than a quarter of all
 * that a paced stream costs (docs/decisions/0025-fewer-steps.md).
 */
export class ChunkedReply {
  readonly #outgoing: ServerResponse
  /** False for a client of HTTP/1.0, which reads until the connection is closed. */
  readonly #isFramed: boolean

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing
    this.#isFramed = outgoing.chunkedEncoding
    outgoing.chunkedEncoding = false
  }

  /** Writes a text, which must not be empty. Returns whether the client keeps up. */
  write(text: string): boolean {
    const { bytes, encoding } = writtenAs(text)
    const chunk = this.#isFramed ? `${bytes.toString(16)}${lineEnd}${text}${lineEnd}` : text
    return this.#outgoing.write(chunk, encoding)
  }

  end(): void {
    if (this.#isFramed) this.#outgoing.end(`0${lineEnd}${lineEnd}`, 'latin1')
    else this.#outgoing.end()
  }
}
