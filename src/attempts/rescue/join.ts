import type { Annotation } from '../../canonical/annotation.ts'
import type { CallBatch, CallEvent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'

/** How an answer must begin, and must not, to join what had been sent. */
export interface Expected {
  /** It says this first: what the client has already, and is left out. */
  readonly overlap: string
  /** It does not say this first: whoever does has begun anew. Empty where that may be. */
  readonly opening: string
  /** Who says all of this first, unasked, repeats what was sent, and is taken to go on after that. Empty where that is what is asked for. */
  readonly whole: string
  /** UTF-16 units of text that the client has. */
  readonly after: number
}

/** A shorter text could come twice by chance. */
const leastRepeated = 8

/**
 * Lets pass of an answer what follows the text that the client already has. Until it is sure that the answer joins, nothing passes; its
 * thoughts never do: the client has those of the answer that broke off.
 */
export class Join {
  /** `open` until it is known; a `diverged` answer says something else than was sent. */
  state: 'open' | 'joined' | 'diverged' = 'open'
  /** Whether it joined because it repeated the whole text unasked. */
  isReplay = false
  readonly #expected: Expected
  /** What came before the answer joined, the last of each kind: usage may be told with every token. */
  readonly #before = new Map<CallEvent['type'], CallEvent>()
  /** UTF-16 units of its text so far. */
  #heard = 0
  /** Text after the overlap that waits until it is known whether the answer begins anew. */
  #held = ''
  #goesOn = true
  #beginsAnew: boolean
  #repeats: boolean

  constructor(expected: Expected) {
    this.#expected = expected
    this.#beginsAnew = expected.opening !== ''
    this.#repeats = expected.whole !== ''
  }

  /** What was reported before the answer joined; null where nothing was. */
  get usage(): Usage | null {
    const event = this.#before.get('usage')
    return event?.type === 'usage' ? event.usage : null
  }

  /** What of a batch goes on to the client. */
  take(batch: CallBatch): CallBatch {
    const passed: CallEvent[] = []
    for (const event of batch) {
      if (event.type === 'committed' || event.type === 'reasoning-delta') continue
      if (this.state === 'joined') passed.push(this.#moved(event))
      else if (isAside(event)) this.#before.set(event.type, event)
      else if (this.state === 'open') passed.push(...this.#decide(event))
    }
    return passed
  }

  /** What goes on to the client once an event has shown that the answer joins; nothing before. */
  #decide(event: CallEvent): CallBatch {
    const isText = event.type === 'text-delta' && event.choice === 0
    if (isText) this.#hear(event.text)
    else this.state = event.type === 'error' || !this.#goesOn || this.#lacks() ? 'diverged' : 'joined'
    if (this.state !== 'joined') return []
    const held: CallBatch = this.#held === '' ? [] : [{ type: 'text-delta', choice: 0, text: this.#held }]
    return [...this.#before.values(), ...held, ...(isText ? [] : [event])]
  }

  #hear(text: string): void {
    const { overlap, opening, whole } = this.#expected
    const before = this.#heard
    this.#heard += text.length
    this.#beginsAnew &&= agrees(opening, text, before)
    this.#goesOn &&= agrees(overlap, text, before) && !(this.#beginsAnew && this.#heard >= opening.length)
    this.#repeats &&= agrees(whole, text, before)
    if (this.#goesOn) {
      this.#held += text.slice(Math.max(0, overlap.length - before))
      if (!this.#lacks() && !this.#beginsAnew) this.state = 'joined'
    } else if (!this.#repeats) {
      this.state = 'diverged'
    } else if (this.#heard >= whole.length) {
      this.#held = text.slice(whole.length - before)
      this.isReplay = whole.length >= leastRepeated && !isRepetition(whole)
      this.state = this.isReplay ? 'joined' : 'diverged'
    }
  }

  #lacks(): boolean {
    return this.#heard < this.#expected.overlap.length
  }

  /** Offsets of citations count from the beginning of the whole text. */
  #moved(event: CallEvent): CallEvent {
    if (event.type !== 'annotation') return event
    const { after, overlap, whole } = this.#expected
    const skipped = this.isReplay ? whole : overlap
    return { ...event, annotation: movedBy(after - skipped.length, event.annotation) }
  }
}

/** Whether a text that stands at this position says the same as the expected one, as far as that goes. */
const agrees = (expected: string, text: string, position: number): boolean =>
  position >= expected.length || expected.startsWith(text.slice(0, expected.length - position), position)

/** Whether a text is a shorter one several times over: who says it again may as well go on with it. */
function isRepetition(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.length % length === 0 && text.startsWith(text.slice(length))) return true
  }
  return false
}

/** Says nothing of the answer itself. */
const isAside = ({ type }: CallEvent): boolean =>
  type === 'start' || type === 'usage' || type === 'alive' || type === 'upstream-request'

function movedBy(distance: number, annotation: Annotation): Annotation {
  if (annotation.type !== 'url-citation') return annotation
  const moved = (index: number | undefined): number | undefined => (index === undefined ? undefined : index + distance)
  return { ...annotation, startIndex: moved(annotation.startIndex), endIndex: moved(annotation.endIndex) }
}
