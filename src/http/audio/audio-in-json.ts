import { GatewayError } from '../../canonical/errors.ts'
import { GrowingBuffer } from '../../util/growing-buffer.ts'
import { nestsTooDeep } from '../read-json-body.ts'

const quote = 0x22
const backslash = 0x5c
const longestKey = 64

/** An object or a list that is open, with the key whose value is read in it. */
interface Container {
  readonly isObject: boolean
  key: string
  isKeyNext: boolean
}

/**
 * Takes `input_audio.data` out of a JSON body as it arrives, so that audio in Base64 is never held whole. What is left of the body has an empty
 * text there. It judges no JSON: what is wrong is found when the rest is parsed.
 */
export class AudioInJson {
  /** Whether the body has the text, which may be empty. */
  found = false
  readonly #most: { readonly restBytes: number; readonly depth: number }
  readonly #rest = new GrowingBuffer()
  readonly #containers: Container[] = []
  #state: 'between' | 'key' | 'text' | 'audio' = 'between'
  #isEscaped = false
  #key = ''
  /** The end of the Base64 that no byte can be made of yet. */
  #carried = ''

  constructor(most: { readonly restBytes: number; readonly depth: number }) {
    this.#most = most
  }

  /** The body without the audio. */
  get rest(): Buffer {
    return this.#rest.bytes
  }

  /**
   * Returns the bytes of audio in the next piece of the body.
   * @throws GatewayError 400, 413
   */
  push(chunk: Buffer): Buffer {
    const audio: string[] = []
    let keptFrom = 0
    for (let at = 0; at < chunk.length; at++) {
      if (this.#state !== 'audio') {
        this.#step(chunk[at] ?? 0)
        continue
      }
      this.#keep(chunk.subarray(keptFrom, at))
      const end = chunk.indexOf(quote, at)
      keptFrom = end < 0 ? chunk.length : end
      audio.push(chunk.subarray(at, keptFrom).toString('latin1'))
      at = keptFrom
      if (end >= 0) this.#state = 'between'
    }
    this.#keep(chunk.subarray(keptFrom))
    return this.#decode(audio.join(''))
  }

  #keep(bytes: Buffer): void {
    const { restBytes } = this.#most
    if (this.#rest.append(bytes, restBytes)) return
    throw new GatewayError(
      'payload_too_large',
      `The request body has more than ${restBytes} bytes besides input_audio.data.`,
    )
  }

  #step(byte: number): void {
    if (this.#state === 'between') return this.#between(byte)
    const isEnd = byte === quote && !this.#isEscaped
    this.#isEscaped = byte === backslash && !this.#isEscaped
    if (!isEnd) {
      if (this.#state === 'key' && this.#key.length < longestKey) this.#key += String.fromCharCode(byte)
      return
    }
    const open = this.#containers.at(-1)
    if (this.#state === 'key' && open !== undefined) open.key = this.#key
    this.#state = 'between'
  }

  #between(byte: number): void {
    const open = this.#containers.at(-1)
    switch (String.fromCharCode(byte)) {
      case '"':
        this.#beginText(open)
        break
      case '{':
        this.#open({ isObject: true, key: '', isKeyNext: true })
        break
      case '[':
        this.#open({ isObject: false, key: '', isKeyNext: false })
        break
      case '}':
      case ']':
        this.#containers.pop()
        break
      case ':':
        if (open !== undefined) open.isKeyNext = false
        break
      case ',':
        if (open !== undefined) open.isKeyNext = open.isObject
        break
      default:
    }
  }

  #open(container: Container): void {
    if (this.#containers.length >= this.#most.depth) throw nestsTooDeep(this.#most.depth)
    this.#containers.push(container)
  }

  #beginText(open: Container | undefined): void {
    const [outer, inner, third] = this.#containers
    if (open?.isKeyNext === true) {
      this.#key = ''
      this.#state = 'key'
    } else if (outer?.key === 'input_audio' && inner?.key === 'data' && third === undefined) {
      if (this.found) throw invalid('stands there twice')
      this.found = true
      this.#state = 'audio'
    } else this.#state = 'text'
  }

  #decode(text: string): Buffer {
    const isOver = this.#state !== 'audio'
    const given = withoutEscapes(this.#carried + text)
    // A group of four, or an escape, may be cut by the end of the piece.
    const whole = isOver ? given.length : Math.max(0, Math.floor((given.length - 1) / 4) * 4)
    this.#carried = given.slice(whole)
    const base64 = given.slice(0, whole)
    const bytes = Buffer.from(base64, 'base64')
    // Node leaves out what is not Base64.
    const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
    if (bytes.length !== Math.floor(((base64.length - padding) * 3) / 4)) throw invalid('is not Base64')
    return bytes
  }
}

/** Some writers of JSON escape the slash, and some of Base64 break lines. */
const withoutEscapes = (text: string): string =>
  text.includes('\\')
    ? text.replaceAll('\\/', '/').replaceAll('\\n', '').replaceAll('\\r', '').replaceAll('\\t', '')
    : text

function invalid(message: string): GatewayError {
  const path = 'input_audio.data'
  return new GatewayError('invalid_request', `${path} ${message}.`, { issues: [{ path, message }] })
}
