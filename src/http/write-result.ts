import type { ServerResponse } from 'node:http'
import type { GenerationBatch, GenerationEvent } from '../canonical/generation-event.ts'
import { ResultFold } from '../canonical/fold-result.ts'
import type { GenerationResult } from '../canonical/generation-result.ts'
import { sendJson } from './send.ts'

export interface ResultOptions {
  readonly headers: () => Readonly<Record<string, string>>
  /** Returns the reply, or its JSON text. */
  readonly encode: (result: GenerationResult) => object | string
  /** Whether `encode` has a form for an answer that broke off. */
  readonly showsBrokenAnswers: boolean
  /** Replies with an error, because nothing was generated, or nothing that can be shown. */
  readonly refuse: (failure: Extract<GenerationEvent, { type: 'error' }>) => void
}

/** Writes a generation as one JSON reply. */
export async function writeResult(
  stream: AsyncIterable<GenerationBatch>,
  outgoing: ServerResponse,
  options: ResultOptions,
): Promise<void> {
  const fold = new ResultFold()
  for await (const batch of stream) {
    fold.add(batch)
    const last = batch.at(-1)
    if (last?.type === 'error' && !(fold.committed && options.showsBrokenAnswers)) return options.refuse(last)
    if (outgoing.destroyed) return
  }
  if (!outgoing.destroyed) sendJson(outgoing, 200, options.encode(fold.result()), options.headers())
}
