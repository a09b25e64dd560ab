import type { Annotation } from '../../canonical/annotation.ts'
import type { CallBatch, CallEvent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'

/** How an answer must begin, and must not, to join what had been sent. */
export interface Expected {
  /** It says this first: what the client has already, and is left out. */
  readonly overlap: string
  /** It does not say this first: whoever does has begun anew. Empty where that is what is asked for. */
  readonly opening: string
  /** UTF-16 units of text that the client has. */
  readonly after: number
}

/**
 * Lets pass of an answer what follows the text that the client already has. Until it is sure that the answer joins, nothing passes; its
 * thoughts never do: the client has those of the answer that broke off.
 */
export class Join {
  /** `open` until it is known; a `diverged` answer says something else than was sent. */
  state: 'open' | 'joined' | 'diverged' = 'open'
  readonly #expected: Expected
  /** What came before the answer joined, the last of each kind: usage may be told with every token. */
  readonly #before = new Map<CallEvent['type'], CallEvent>()
  /** UTF-16 units of its text so far. */
  #heard = 0
  /** Text after the overlap that waits until it is known whether the answer begins anew. */
  #held = ''
  #beginsAnew: boolean

  constructor(expected: Expected) {
    this.#expected = expected
    this.#beginsAnew = expected.opening !== ''
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
    else this.state = event.type === 'error' || this.#lacks() ? 'diverged' : 'joined'
    if (this.state !== 'joined') return []
    const held: CallBatch = this.#held === '' ? [] : [{ type: 'text-delta', choice: 0, text: this.#held }]
    return [...this.#before.values(), ...held, ...(isText ? [] : [event])]
  }

  #hear(text: string): void {
    const { overlap, opening } = this.#expected
    const isAsExpected = agrees(overlap, text, this.#heard)
    this.#beginsAnew &&= agrees(opening, text, this.#heard)
    this.#held += text.slice(Math.max(0, overlap.length - this.#heard))
    this.#heard += text.length
    if (!isAsExpected || (this.#beginsAnew && this.#heard >= opening.length)) this.state = 'diverged'
    else if (!this.#lacks() && !this.#beginsAnew) this.state = 'joined'
  }

  #lacks(): boolean {
    return this.#heard < this.#expected.overlap.length
  }

  /** Offsets of citations count from the beginning of the whole text. */
  #moved(event: CallEvent): CallEvent {
    if (event.type !== 'annotation') return event
    const { after, overlap } = this.#expected
    return { ...event, annotation: movedBy(after - overlap.length, event.annotation) }
  }
}

/** Whether a text that stands at this position says the same as the expected one, as far as that goes. */
const agrees = (expected: string, text: string, position: number): boolean =>
  position >= expected.length || expected.startsWith(text.slice(0, expected.length - position), position)

/** Says nothing of the answer itself. */
const isAside = ({ type }: CallEvent): boolean =>
  type === 'start' || type === 'usage' || type === 'alive' || type === 'upstream-request'

function movedBy(distance: number, annotation: Annotation): Annotation {
  if (annotation.type !== 'url-citation') return annotation
  const moved = (index: number | undefined): number | undefined => (index === undefined ? undefined : index + distance)
  return { ...annotation, startIndex: moved(annotation.startIndex), endIndex: moved(annotation.endIndex) }
}
