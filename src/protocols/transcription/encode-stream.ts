import type { GenerationBatch, GenerationEvent } from '../../canonical/generation-event.ts'
import type { TranscriptionRequest } from '../../canonical/generation-request.ts'
import type { Item, Transcript } from '../../canonical/item.ts'
import { dataEvent, done, typedError } from '../openai/stream-envelope.ts'
import { encodeTranscript } from './encode-result.ts'

/**
 * Writes OpenAI's event stream of a transcript: its pieces, and a last event that has what a whole reply has. That event waits for the
 * end, since it has the usage; so nothing looks complete before it is recorded.
 * Source: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event and the pages beside it.
 */
export class StreamEncoder {
  readonly #input: TranscriptionRequest['input']
  #transcript: Transcript = { text: '' }

  constructor({ input }: TranscriptionRequest) {
    this.#input = input
  }

  encode(batch: GenerationBatch): string {
    let text = ''
    for (const event of batch) text += this.#encodeEvent(event)
    return text
  }

  #encodeEvent(event: GenerationEvent): string {
    switch (event.type) {
      case 'item':
        return this.#encodeItem(event.item)
      case 'end':
        return (
          dataEvent({ type: 'transcript.text.done', ...encodeTranscript(this.#transcript, event, this.#input) }) + done
        )
      case 'error':
        return typedError(event.error) + done
      default:
        return ''
    }
  }

  #encodeItem(item: Item): string {
    if (item.type === 'transcript-delta') return dataEvent({ type: 'transcript.text.delta', delta: item.text })
    if (item.type === 'transcript') this.#transcript = item.transcript
    return ''
  }
}
