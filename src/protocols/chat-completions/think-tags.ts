import type { CallEvent, TokenLogprob } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'
import { rereadReply } from './reread-reply.ts'
import { append } from '../../util/append.ts'

type TextDelta = Extract<CallEvent, { type: 'text-delta' }>

const opening = '<think>'
const closing = '</think>'
/** White space that is held back is read again with every delta, so that no more of it is. */
const longestSpace = 4_096

/**
 * Takes the thoughts out of the text of an answer that begins with `<think>`. Tags anywhere else are the model's own words. White
 * space around the tags belongs to neither; a thought that is never closed goes on to the end.
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
      else {
        // Who tells thoughts apart, or calls a tool, will not do it in tags as well.
        tags.close(told)
        told.push(event)
      }
    }
    return told
  }
  return rereadReply(reply, read)
}

/** One choice: what could still become a tag is held back until it is clear. */
class ThinkTags {
  readonly #choice: number
  #state: 'start' | 'thought-start' | 'thought' | 'answer-start' | 'answer' = 'start'
  #held = ''
  #logprobs: TokenLogprob[] | undefined

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
    while (this.#step(told));
  }

  /** Says whether there is more to read. */
  #step(told: CallEvent[]): boolean {
    switch (this.#state) {
      case 'start':
        return this.#readStart()
      case 'thought-start':
        return this.#skipSpace('thought')
      case 'thought':
        return this.#readThought(told)
      case 'answer-start':
        return this.#skipSpace('answer')
      case 'answer':
        this.#say(told)
        return false
    }
  }

  /** Nothing more is coming: what was held back is what it looks like. */
  close(told: CallEvent[]): void {
    if (this.#state === 'thought') this.#think(this.#held, told)
    else if (this.#state === 'start') this.#say(told)
    this.#held = ''
    this.#logprobs = undefined
    this.#state = 'answer'
  }

  #readStart(): boolean {
    const text = this.#held.trimStart()
    if (text.startsWith(opening)) {
      this.#held = text.slice(opening.length)
      this.#state = 'thought-start'
      return true
    }
    if (opening.startsWith(text) && this.#held.length <= longestSpace) return false
    this.#state = 'answer'
    return true
  }

  #readThought(told: CallEvent[]): boolean {
    // They are of tokens that are no longer text.
    this.#logprobs = undefined
    const end = this.#held.indexOf(closing)
    const upTo = end < 0 ? this.#held.length - beginningOf(closing, this.#held) : end
    const untrimmed = this.#held.slice(0, upTo)
    const trimmed = untrimmed.trimEnd()
    const thought = end < 0 && upTo - trimmed.length > longestSpace ? untrimmed : trimmed
    this.#think(thought, told)
    this.#held = this.#held.slice(end < 0 ? thought.length : end + closing.length)
    if (end < 0) return false
    this.#state = 'answer-start'
    return true
  }

  #skipSpace(next: 'thought' | 'answer'): boolean {
    this.#held = this.#held.trimStart()
    if (this.#held === '') return false
    this.#state = next
    return true
  }

  #think(text: string, told: CallEvent[]): void {
    if (text !== '') told.push({ type: 'reasoning-delta', choice: this.#choice, detail: { type: 'text', text } })
  }

  #say(told: CallEvent[]): void {
    if (this.#held !== '' || this.#logprobs !== undefined) {
      told.push({ type: 'text-delta', choice: this.#choice, text: this.#held, logprobs: this.#logprobs })
    }
    this.#held = ''
    this.#logprobs = undefined
  }
}

/** How much of the tag stands at the end of the text. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
