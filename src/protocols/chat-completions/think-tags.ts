import type { CallEvent, TokenLogprob } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'
import { rereadReply } from './reread-reply.ts'
import { append } from '../../util/append.ts'

type TextDelta = Extract<CallEvent, { type: 'text-delta' }>
type ReasoningDelta = Extract<CallEvent, { type: 'reasoning-delta' }>

const opening = '<think>'
const closing = '</think>'
/** The most white space that is held back: it is read again with every delta. */
const longestSpace = 4_096
/** How much text is held back, or compared, until it is clear whether it repeats a thought that was passed on already. */
const mostHeld = 65_536

/**
 * Moves the thoughts out of the text of an answer that begins with `<think>`. Tags anywhere else are part of the model's text. White space
 * around the tags belongs to neither; a thought that is never closed continues to the end. Thoughts that also come in a field of their own
 * are passed on once.
 */
export function withThoughts(reply: UpstreamReply): UpstreamReply {
  const choices = new Map<number, ThinkTags>()
  const read = (events: readonly CallEvent[]): readonly CallEvent[] => {
    const told: CallEvent[] = []
    for (const event of events) {
      if (!('choice' in event)) {
        told.push(event)
        continue
      }
      const tags = choices.get(event.choice) ?? new ThinkTags(event.choice)
      choices.set(event.choice, tags)
      if (event.type === 'text-delta') tags.read(event, told)
      else if (event.type === 'reasoning-delta') tags.readField(event, told)
      else {
        // A model that calls a tool writes no more thoughts in tags.
        tags.close(told)
        told.push(event)
      }
    }
    return told
  }
  return rereadReply(reply, read)
}

/** Reads one choice. Text that could still become a tag is held back until it is clear. */
class ThinkTags {
  readonly #choice: number
  /** `beside`: between tags, while the thoughts come in a field of their own. */
  #state: 'start' | 'thought-start' | 'thought' | 'beside' | 'answer-start' | 'answer' = 'start'
  #held = ''
  #logprobs: TokenLogprob[] | undefined
  /** The end of what is held, where a closing tag may have begun. */
  #tail = ''
  /** Thoughts of the field before there were any between tags. */
  #field = ''
  /**
   * The beginning of the thoughts that were passed on, where there are any between tags; below, how long all of them are, and how much of
   * them the tags and the field have brought each.
   */
  #told = ''
  #toldLength = 0
  #tagged = 0
  #fielded = 0

  constructor(choice: number) {
    this.#choice = choice
  }

  read(delta: TextDelta, told: CallEvent[]): void {
    if (this.#state === 'answer') {
      told.push(delta)
      return
    }
    this.#held += delta.text
    if (delta.logprobs !== undefined) append((this.#logprobs ??= []), delta.logprobs)
    if (this.#state === 'beside') this.#readBeside(delta.text)
    while (this.#step(told));
  }

  /** Reads thoughts of the separate field. Those that were already passed on from between tags are not repeated. */
  readField(delta: ReasoningDelta, told: CallEvent[]): void {
    const { detail } = delta
    const text = detail.type === 'text' ? detail.text : detail.type === 'summary' ? detail.summary : undefined
    if (!text || (this.#state === 'answer' && this.#toldLength === 0)) {
      told.push(delta)
      return
    }
    if (this.#toldLength > 0) {
      const thought = this.#fielded === 0 ? text.trimStart() : text
      const added = this.#untold(thought, this.#fielded)
      this.#fielded = added === null ? Infinity : this.#fielded + thought.length
      if (added === null) told.push(delta)
      else this.#tell(added, told)
      return
    }
    if (this.#field.length <= mostHeld) this.#field += text
    if (this.#state === 'thought' || this.#state === 'thought-start') {
      this.#held = opening + this.#held
      this.#state = 'beside'
      this.#readBeside(this.#held)
    }
    told.push(delta)
  }

  /** Reads one step. Returns whether there is more to read. */
  #step(told: CallEvent[]): boolean {
    switch (this.#state) {
      case 'start':
        return this.#readStart()
      case 'thought-start':
        return this.#skipSpace('thought')
      case 'thought':
        return this.#readThought(told)
      case 'beside':
        return false
      case 'answer-start':
        return this.#skipSpace('answer')
      case 'answer':
        this.#say(told)
        return false
    }
  }

  /** Ends the text. Text that was held back is taken for what it looks like. */
  close(told: CallEvent[]): void {
    if (this.#state === 'thought') this.#tag(this.#held, told)
    else if (this.#state === 'start' || (this.#state === 'beside' && !this.#isTold())) this.#say(told)
    this.#held = ''
    this.#logprobs = undefined
    this.#state = 'answer'
  }

  #readStart(): boolean {
    const text = this.#held.trimStart()
    if (text.startsWith(opening)) {
      if (this.#field === '') {
        this.#state = 'thought-start'
        this.#held = text.slice(opening.length)
      } else {
        this.#state = 'beside'
        this.#readBeside(this.#held)
      }
      return true
    }
    if (opening.startsWith(text) && this.#held.length <= longestSpace) return false
    this.#state = 'answer'
    this.#field = ''
    return true
  }

  #readThought(told: CallEvent[]): boolean {
    // The log probabilities belong to tokens that are no longer part of the text.
    this.#logprobs = undefined
    const end = this.#held.indexOf(closing)
    const upTo = end < 0 ? this.#held.length - beginningOf(closing, this.#held) : end
    const untrimmed = this.#held.slice(0, upTo)
    const trimmed = untrimmed.trimEnd()
    const thought = end < 0 && upTo - trimmed.length > longestSpace ? untrimmed : trimmed
    this.#tag(thought, told)
    this.#held = this.#held.slice(end < 0 ? thought.length : end + closing.length)
    if (end < 0) return false
    this.#state = 'answer-start'
    return true
  }

  /** Reads a thought between tags that the field has brought already. Text whose tag is never closed may be part of the answer. */
  #readBeside(text: string): void {
    const tail = this.#tail + text
    const end = tail.indexOf(closing)
    this.#tail = tail.slice(1 - closing.length)
    if (end >= 0) {
      this.#logprobs = undefined
      this.#held = tail.slice(end + closing.length)
      this.#state = 'answer-start'
    } else if (this.#held.length > mostHeld) this.#state = 'answer'
  }

  /** Tells whether the field has brought the text after an opening tag. */
  #isTold(): boolean {
    const thought = this.#held.trimStart().slice(opening.length)
    return this.#field.trim().startsWith(thought.slice(0, thought.length - beginningOf(closing, thought)).trim())
  }

  #skipSpace(next: 'thought' | 'answer'): boolean {
    this.#held = this.#held.trimStart()
    if (this.#held === '') return false
    this.#state = next
    return true
  }

  /** Passes on a thought between tags, unless the field brought it before. */
  #tag(text: string, told: CallEvent[]): void {
    const added = this.#untold(text, this.#tagged)
    this.#tagged = added === null ? Infinity : this.#tagged + text.length
    this.#tell(added ?? text, told)
  }

  /** Returns the part of a thought that was not passed on yet, if its beginning repeats the text from there; null if it is another text. */
  #untold(text: string, from: number): string | null {
    if (from > this.#toldLength) return null
    const again = Math.min(text.length, this.#toldLength - from)
    const compared = Math.max(0, Math.min(again, this.#told.length - from))
    return this.#told.startsWith(text.slice(0, compared), from) ? text.slice(again) : null
  }

  #tell(text: string, told: CallEvent[]): void {
    if (text === '') return
    if (this.#told.length <= mostHeld) this.#told += text
    this.#toldLength += text.length
    told.push({ type: 'reasoning-delta', choice: this.#choice, detail: { type: 'text', text } })
  }

  #say(told: CallEvent[]): void {
    if (this.#held !== '' || this.#logprobs !== undefined) {
      told.push({ type: 'text-delta', choice: this.#choice, text: this.#held, logprobs: this.#logprobs })
    }
    this.#held = ''
    this.#logprobs = undefined
  }
}

/** Returns how many characters of the tag are at the end of the text. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
