import { type CallBatch, type CallEvent, isContent } from '../../canonical/generation-event.ts'

/** The most UTF-16 units that are kept of an answer. A longer answer is not continued. */
const mostCharacters = 1_048_576

/** The part of an answer that the client has. */
export class SentAnswer {
  text = ''
  /** Whether another endpoint can continue it: it holds only text and thoughts, has not ended, and is short enough to be kept. */
  isOpen = true

  /** Adds a batch that was sent. */
  add(batch: CallBatch): void {
    if (!this.isOpen) return
    for (const event of batch) {
      if (event.type === 'text-delta' && event.choice === 0) this.text += event.text
      else if (closes(event)) this.isOpen = false
    }
    if (this.text.length > mostCharacters) this.isOpen = false
    if (!this.isOpen) this.text = ''
  }
}

/** Tells whether an event makes a continuation impossible: a second answer would repeat it, or it cannot be split. */
const closes = (event: CallEvent): boolean =>
  event.type === 'reasoning-delta' ? event.choice !== 0 : event.type === 'annotation' || isContent(event)
