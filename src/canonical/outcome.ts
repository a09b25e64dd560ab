import type { CallBatch, FinishReason } from './generation-event.ts'
import { isContent } from './generation-event.ts'
import { producedAudioTokens, producedImageTokens, producedText } from './produced.ts'
import { cutText } from '../util/cut-text.ts'
import type { Usage } from './usage.ts'

/** The most characters that are recorded of a text of an upstream. */
const mostKept = 512

/** The running fold of the events of one answer. It holds what the ledger needs, however the answer ends. */
export class Outcome {
  usage: Usage = {}
  finish: FinishReason | null = null
  nativeFinish: string | null = null
  serviceTier: string | null = null
  upstreamId: string | null = null
  /** Monotonic milliseconds of the first content; null while there was none. */
  firstContentAt: number | null = null
  /** The UTF-16 units of text that were produced. Used for an estimate where no usage is reported. */
  produced = 0
  /** How many of those units came before the last usage report. The upstream has not reported what came after it. */
  counted = 0
  /** The estimated tokens of speech and of pictures that came after the last usage report. */
  unreportedAudioTokens = 0
  unreportedImageTokens = 0
  /** The pictures and the sounds of the answer. A sound comes in pieces; a choice has one. */
  images = 0
  sounds = 0

  /** Begins the fold of the answer of another endpoint that continues this one. It keeps the time of the first content and the tier. */
  next(): Outcome {
    const next = new Outcome()
    next.firstContentAt = this.firstContentAt
    next.serviceTier = this.serviceTier
    return next
  }

  /** Returns the fold of the same answer when it is sent again, with its first content now, in monotonic milliseconds. */
  repeated(now: number): Outcome {
    const firstContentAt = this.firstContentAt === null ? null : now
    return Object.assign(new Outcome(), this, { firstContentAt })
  }

  /** Adds a batch. `now` returns monotonic milliseconds. */
  observe(batch: CallBatch, now: () => number): void {
    for (const event of batch) {
      if (this.firstContentAt === null && isContent(event)) this.firstContentAt = now()
      this.produced += producedText(event).length
      switch (event.type) {
        case 'audio-delta':
          this.unreportedAudioTokens += producedAudioTokens(event)
          this.sounds = Math.max(this.sounds, event.choice + 1)
          break
        case 'image':
          this.unreportedImageTokens += producedImageTokens(event)
          this.images += 1
          break
        case 'item':
          if (event.item.type === 'generated-image') this.images += 1
          else if (event.item.type === 'speech') this.sounds = 1
          break
        case 'start':
          if (event.upstreamId !== undefined) this.upstreamId = cutText(event.upstreamId, mostKept)
          break
        case 'committed':
          this.serviceTier ??= event.serviceTier ?? null
          break
        case 'usage':
          this.usage = event.usage
          this.counted = this.produced
          this.unreportedAudioTokens = 0
          this.unreportedImageTokens = 0
          if (event.serviceTier !== undefined) this.serviceTier = cutText(event.serviceTier, mostKept)
          break
        case 'finish':
          this.finish = event.reason
          this.nativeFinish = event.native === null ? null : cutText(event.native, mostKept)
          break
        case 'error':
          this.finish = 'error'
          break
        default:
      }
    }
  }
}
