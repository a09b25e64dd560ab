import type { Annotation } from '../../canonical/annotation.ts'
import type { CallBatch, CallEvent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'

/** How the new answer must begin, and must not begin, to join the text that was sent. */
export interface Expected {
  /** The text that the answer must begin with. The client has it already, so it is left out. */
  readonly overlap: string
  /** The text that the answer must not begin with: an answer that does has begun again. Empty where any beginning is allowed. */
  readonly opening: string
  /**
   * The whole text that was sent. An answer that repeats all of it without being asked to continues after it. Empty where the request asks
   * for the repetition.
   */
  readonly whole: string
  /** The length of the text that the client has, in UTF-16 units. */
  readonly after: number
}

/** The shortest text that counts as repeated. A shorter one could occur twice by chance. */
const leastRepeated = 8

/**
 * A filter that passes the part of an answer that follows the text that the client already has. Nothing passes until it is certain that
 * the answer joins. Thoughts never pass: the client has those of the answer that broke off.
 */
export class Join {
  /** `open` until it is known whether the answer joins. A `diverged` answer has another text than the one that was sent. */
  state: 'open' | 'joined' | 'diverged' = 'open'
  /** Whether it joined because it repeated the whole text unasked. */
  isReplay = false
  readonly #expected: Expected
  /** The events from before the answer joined, the last of each type: some upstreams report usage with every token. */
  readonly #before = new Map<CallEvent['type'], CallEvent>()
  /** The length of the text that was received, in UTF-16 units. */
  #received = 0
  /** Text after the overlap, held until it is known whether the answer begins again. */
  #held = ''
  #continues = true
  #beginsAnew: boolean
  #repeats: boolean

  constructor(expected: Expected) {
    this.#expected = expected
    this.#beginsAnew = expected.opening !== ''
    this.#repeats = expected.whole !== ''
  }

  /** The usage that was reported before the answer joined; null where none was. */
  get usage(): Usage | null {
    const event = this.#before.get('usage')
    return event?.type === 'usage' ? event.usage : null
  }

  /** Returns the events of a batch that are passed on to the client. */
  take(batch: CallBatch): CallBatch {
    const passed: CallEvent[] = []
    for (const event of batch) {
      if (event.type === 'committed' || event.type === 'reasoning-delta') continue
      if (this.state === 'joined') passed.push(this.#shifted(event))
      else if (isProgress(event)) this.#before.set(event.type, event)
      else if (this.state === 'open') passed.push(...this.#decide(event))
    }
    return passed
  }

  /** Decides by an event whether the answer joins, and returns what is then passed on. Empty before that. */
  #decide(event: CallEvent): CallBatch {
    const isText = event.type === 'text-delta' && event.choice === 0
    if (isText) this.#receive(event.text)
    else this.state = event.type === 'error' || !this.#continues || this.#lacksOverlap() ? 'diverged' : 'joined'
    if (this.state !== 'joined') return []
    const held: CallBatch = this.#held === '' ? [] : [{ type: 'text-delta', choice: 0, text: this.#held }]
    return [...this.#before.values(), ...held, ...(isText ? [] : [event])]
  }

  #receive(text: string): void {
    const { overlap, opening, whole } = this.#expected
    const before = this.#received
    this.#received += text.length
    this.#beginsAnew &&= agrees(opening, text, before)
    this.#continues &&= agrees(overlap, text, before) && !(this.#beginsAnew && this.#received >= opening.length)
    this.#repeats &&= agrees(whole, text, before)
    if (this.#continues) {
      this.#held += text.slice(Math.max(0, overlap.length - before))
      if (!this.#lacksOverlap() && !this.#beginsAnew) this.state = 'joined'
    } else if (!this.#repeats) {
      this.state = 'diverged'
    } else if (this.#received >= whole.length) {
      this.#held = text.slice(whole.length - before)
      this.isReplay = whole.length >= leastRepeated && !isRepetition(whole)
      this.state = this.isReplay ? 'joined' : 'diverged'
    }
  }

  #lacksOverlap(): boolean {
    return this.#received < this.#expected.overlap.length
  }

  /** Moves the offsets of a citation: they count from the beginning of the whole text. */
  #shifted(event: CallEvent): CallEvent {
    if (event.type !== 'annotation') return event
    const { after, overlap, whole } = this.#expected
    const skipped = this.isReplay ? whole : overlap
    return { ...event, annotation: shiftedBy(after - skipped.length, event.annotation) }
  }
}

/** Tells whether a text at this position equals the expected text, as far as the expected text reaches. */
const agrees = (expected: string, text: string, position: number): boolean =>
  position >= expected.length || expected.startsWith(text.slice(0, expected.length - position), position)

/** Tells whether a text is a shorter text repeated several times: a repetition of it may as well be a continuation. */
function isRepetition(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.length % length === 0 && text.startsWith(text.slice(length))) return true
  }
  return false
}

/** Tells whether an event is about the call and not about the answer. */
const isProgress = ({ type }: CallEvent): boolean =>
  type === 'start' || type === 'usage' || type === 'alive' || type === 'upstream-request'

function shiftedBy(distance: number, annotation: Annotation): Annotation {
  if (annotation.type !== 'url-citation') return annotation
  const shifted = (index: number | undefined): number | undefined =>
    index === undefined ? undefined : index + distance
  return { ...annotation, startIndex: shifted(annotation.startIndex), endIndex: shifted(annotation.endIndex) }
}
