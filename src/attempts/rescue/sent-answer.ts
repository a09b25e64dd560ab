import { type CallBatch, type CallEvent, isContent } from '../../canonical/generation-event.ts'

/** UTF-16 units that are kept of an answer. A longer one is not gone on with. */
const mostCharacters = 1_048_576

/** What the client has of an answer. */
export class SentAnswer {
  text = ''
  /** Whether it can be gone on with: it is text and thoughts alone, has no end, and is not too long to be kept. */
  isOpen = true

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

/** What cannot be said a second time without doubling it, or has no second half. */
const closes = (event: CallEvent): boolean =>
  event.type === 'reasoning-delta' ? event.choice !== 0 : event.type === 'annotation' || isContent(event)
