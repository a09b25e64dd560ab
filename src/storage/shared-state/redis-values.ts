import { within } from '../../util/within.ts'
import type { SharedValue, SharedValues } from '../stores/shared-state.ts'
import type { Envelope } from './envelope.ts'
import type { Send } from './redis-link.ts'

/** How long a request waits for a value. */
export const getMs = 25
/** The most characters of a value as text, of a sealed value, and of all sealed values that are being sent to the server. */
const most = { text: 1_000_000, sealed: 1_500_000, underWay: 8_000_000 }

/**
 * Values on a Redis server. Once the server has not answered in time, it is not asked again until a heartbeat was answered quickly: no
 * request is used to test whether the server has recovered.
 */
export class RedisValues implements SharedValues {
  readonly #prefix: string
  readonly #envelope: Envelope
  /** Null while the server is unavailable. */
  #send: Send | null = null
  #isQuick = false
  #underWay = 0

  constructor(prefix: string, envelope: Envelope) {
    this.#prefix = prefix
    this.#envelope = envelope
  }

  /** Notes that the server answered a heartbeat. @param isQuick Whether it did so within `getMs`. */
  answered(send: Send, isQuick: boolean): void {
    this.#send = send
    this.#isQuick = isQuick
  }

  /** Notes that the server is unavailable. */
  lost(): void {
    this.#send = null
  }

  async get(key: string): Promise<SharedValue | null> {
    const send = this.#send
    if (send === null || !this.#isQuick) return null
    const name = this.#prefix + key
    const late = (): Error => {
      this.#isQuick = false
      return new Error('late')
    }
    try {
      const replies = Promise.all([send(['GETRANGE', name, '0', String(most.sealed)]), send(['PTTL', name])])
      const [sealed, leftMs] = await within(getMs, replies, late)
      if (typeof sealed !== 'string' || sealed.length > most.sealed) return null
      if (typeof leftMs !== 'number' || leftMs <= 0) return null
      const text = this.#envelope.open(sealed, placeOf(key), 4 * most.text)
      return text === null ? null : { text, leftMs }
    } catch {
      return null
    }
  }

  set(key: string, text: string, ttlMs: number): void {
    if (this.#send === null || !this.#isQuick || text.length > most.text) return
    const sealed = this.#envelope.seal(text, placeOf(key))
    if (sealed.length > most.sealed || this.#underWay + sealed.length > most.underWay) return
    this.#underWay += sealed.length
    this.#do(['SET', this.#prefix + key, sealed, 'PX', String(Math.ceil(ttlMs))], () => {
      this.#underWay -= sealed.length
    })
  }

  delete(key: string): void {
    this.#do(['DEL', this.#prefix + key])
  }

  #do(command: readonly string[], then: () => void = () => {}): void {
    this.#send?.(command).then(then, then)
  }
}

/** Returns the place of a value: a value that is copied to another name cannot be opened. */
const placeOf = (key: string): readonly string[] => ['value', key]
