import { GrowingBuffer } from '../growing-buffer.ts'
import { search } from '../pattern.ts'

/** What the reader found in a form. A file comes in pieces, a field whole. */
export type FormEvent =
  | { readonly type: 'field'; readonly name: string; readonly value: string }
  | { readonly type: 'file'; readonly name: string; readonly filename: string; readonly mediaType: string }
  /** The next bytes of the file that began last. */
  | { readonly type: 'bytes'; readonly bytes: Buffer }

export interface FormLimits {
  /** Bytes of one field. */
  readonly fieldBytes: number
  /** Fields and files together. */
  readonly parts: number
}

/** A body that is no form, or has more in it than the limits allow. The message is read after “The form”. */
export class FormError extends Error {}

const headerBytes = 8_192
/** RFC 2046 allows 70. */
const longestBoundary = 200
const lineEnd = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')

/**
 * Reads `multipart/form-data` (RFC 7578) as it arrives. It holds one field or one delimiter at a time, never a file.
 */
export class FormReader {
  readonly #delimiter: Buffer
  readonly #limits: FormLimits
  /** What is read next: what stands before the first part, what follows a delimiter, the head of a part, its content, or nothing. */
  #state: 'preamble' | 'delimiter' | 'head' | 'content' | 'end' = 'preamble'
  // The first delimiter may stand at the very beginning, where no line end is before it.
  #held: Buffer = lineEnd
  #field: { readonly name: string; readonly value: GrowingBuffer } | null = null
  #parts = 0

  /** @param contentType The header, with the boundary. */
  constructor(contentType: string, limits: FormLimits) {
    const [, quoted, plain] = search(/;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i, contentType) ?? []
    const boundary = quoted ?? plain
    if (boundary === undefined) throw new FormError('has no boundary in its content-type')
    if (boundary.length > longestBoundary) {
      throw new FormError(`has a boundary of more than ${longestBoundary} characters in its content-type`)
    }
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#limits = limits
  }

  /**
   * Reads the next bytes.
   * @throws FormError
   */
  push(chunk: Buffer): readonly FormEvent[] {
    const events: FormEvent[] = []
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (this.#step(events));
    return events
  }

  /**
   * Ends the form.
   * @throws FormError where it was cut.
   */
  end(): void {
    if (this.#state !== 'end') throw new FormError('broke off before its last boundary')
  }

  /** Returns whether there may be more to read in what is held. */
  #step(events: FormEvent[]): boolean {
    switch (this.#state) {
      case 'preamble':
      case 'content':
        return this.#readContent(events)
      case 'delimiter':
        return this.#readDelimiter()
      case 'head':
        return this.#readHead(events)
      case 'end':
        this.#held = Buffer.of()
        return false
    }
  }

  #readContent(events: FormEvent[]): boolean {
    const at = this.#held.indexOf(this.#delimiter)
    // The last bytes may be the beginning of a delimiter.
    const end = at >= 0 ? at : Math.max(0, this.#held.length - this.#delimiter.length + 1)
    if (this.#state === 'content' && end > 0) this.#pass(this.#held.subarray(0, end), events)
    this.#held = this.#held.subarray(at >= 0 ? at + this.#delimiter.length : end)
    if (at < 0) return false
    if (this.#state === 'content') this.#endPart(events)
    this.#state = 'delimiter'
    return true
  }

  #pass(bytes: Buffer, events: FormEvent[]): void {
    if (this.#field === null) {
      events.push({ type: 'bytes', bytes })
      return
    }
    const { name, value } = this.#field
    const { fieldBytes } = this.#limits
    if (!value.append(bytes, fieldBytes)) {
      throw new FormError(`has a field ${shown(name)} of more than ${fieldBytes} bytes`)
    }
  }

  #endPart(events: FormEvent[]): void {
    if (this.#field === null) return
    const { name, value } = this.#field
    events.push({ type: 'field', name, value: value.bytes.toString('utf8') })
    this.#field = null
  }

  /** After a delimiter comes `--`, which ends the form, or the end of the line, with white space before it. */
  #readDelimiter(): boolean {
    if (this.#held.length < 2) return false
    if (this.#held.subarray(0, 2).toString('latin1') === '--') {
      this.#state = 'end'
      return true
    }
    const at = this.#held.indexOf(lineEnd)
    if (at < 0 && this.#held.length <= headerBytes) return false
    if (at < 0 || this.#held.subarray(0, at).toString('latin1').trim() !== '') {
      throw new FormError('has a boundary that no line ends')
    }
    // The line end stays: a part without headers has its empty line right here.
    this.#held = this.#held.subarray(at)
    this.#state = 'head'
    return true
  }

  #readHead(events: FormEvent[]): boolean {
    const at = this.#held.indexOf(headEnd)
    if (at > headerBytes || (at < 0 && this.#held.length > headerBytes)) {
      throw new FormError(`has headers of more than ${headerBytes} bytes in a part`)
    }
    if (at < 0) return false
    const head = this.#held.subarray(0, at).toString('utf8')
    this.#held = this.#held.subarray(at + headEnd.length)
    this.#parts += 1
    if (this.#parts > this.#limits.parts) throw new FormError(`has more than ${this.#limits.parts} parts`)
    this.#begin(head, events)
    this.#state = 'content'
    return true
  }

  #begin(head: string, events: FormEvent[]): void {
    const disposition = headerOf(head, 'content-disposition')
    const name = parameterOf(disposition, 'name')
    if (name === undefined) throw new FormError('has a part without a name')
    const mediaType = headerOf(head, 'content-type')
    const filename = parameterOf(disposition, 'filename')
    // Some clients give a file without a name no filename.
    if (filename === undefined && (mediaType === '' || mediaType.toLowerCase().startsWith('text/'))) {
      this.#field = { name, value: new GrowingBuffer() }
    } else {
      events.push({ type: 'file', name, filename: filename ?? '', mediaType })
    }
  }
}

/** A name as errors show it. */
const shown = (name: string): string => JSON.stringify(name.slice(0, 100))

function headerOf(head: string, name: string): string {
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim() ?? ''
}

const parameters = {
  name: { quoted: /;\s*name="((?:[^"\\]|\\.)*)"/i, plain: /;\s*name=([^\s;"]+)/i },
  filename: { quoted: /;\s*filename="((?:[^"\\]|\\.)*)"/i, plain: /;\s*filename=([^\s;"]+)/i },
}

/** Browsers and `fetch` write `"` in a name as `%22`, and line ends as `%0D%0A`; older clients write `\"`. */
function parameterOf(header: string, name: keyof typeof parameters): string | undefined {
  const { quoted, plain } = parameters[name]
  const text = search(quoted, header)?.[1]
  if (text === undefined) return search(plain, header)?.[1]
  return text
    .replaceAll(/\\(["\\])/g, '$1')
    .replaceAll('%22', '"')
    .replaceAll(/%0D%0A/gi, '\r\n')
}
