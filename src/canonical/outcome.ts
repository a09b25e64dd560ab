import type { CallBatch, FinishReason } from './generation-event.ts'
import { isContent } from './generation-event.ts'
import { cutText } from '../util/cut-text.ts'
import type { Usage } from './usage.ts'

/** Of each text of an upstream that goes on record. */
const mostKept = 512

/** The running fold of a generation's events: what the ledger needs when it ends, however it ends. */
export class Outcome {
  usage: Usage = {}
  finish: FinishReason | null = null
  nativeFinish: string | null = null
  serviceTier: string | null = null
  upstreamId: string | null = null
  /** Monotonic milliseconds of the first content; null while there was none. */
  firstContentAt: number | null = null
  /** UTF-16 units of text, reasoning, refusals and tool arguments produced: what an estimate goes by when no usage came. */
  produced = 0
  /** How many of them came before the upstream last counted: what came after them it has not reported. */
  counted = 0

  /** The fold of what follows from another endpoint: the first content has come, and the tier is known; the rest begins anew. */
  next(): Outcome {
    const next = new Outcome()
    next.firstContentAt = this.firstContentAt
    next.serviceTier = this.serviceTier
    return next
  }

  observe(batch: CallBatch, now: () => number): void {
    for (const event of batch) {
      if (this.firstContentAt === null && isContent(event)) this.firstContentAt = now()
      switch (event.type) {
        case 'text-delta':
        case 'refusal-delta':
          this.produced += event.text.length
          break
        case 'reasoning-delta':
          if (event.detail.type === 'text') this.produced += event.detail.text?.length ?? 0
          else if (event.detail.type === 'summary') this.produced += event.detail.summary.length
          break
        case 'tool-call-delta':
          this.produced += event.arguments.length
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
