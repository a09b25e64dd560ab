import type { FileAnnotation } from '../../canonical/annotation.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { TurnEvent, TurnStream } from '../../canonical/generation-event.ts'

/** Adds the parsed documents to the answer, before its finish; where it fails, to the error (contract §2.3). */
export async function* withAnnotations(events: TurnStream, parsed: readonly FileAnnotation[]): TurnStream {
  let isSent = false
  const relayed = (event: TurnEvent): readonly TurnEvent[] => {
    if (event.type === 'error') return [{ ...event, error: withFiles(event.error, parsed) }]
    if (event.type !== 'finish' || event.choice !== 0 || isSent) return [event]
    isSent = true
    return [...parsed.map((annotation) => ({ type: 'annotation', choice: 0, annotation }) as const), event]
  }
  for await (const batch of events) yield batch.flatMap(relayed)
}

function withFiles(error: GatewayError, fileAnnotations: readonly FileAnnotation[]): GatewayError {
  const extended = new GatewayError(error.kind, error.message, { ...error.details, fileAnnotations })
  extended.cause = error.cause
  return extended
}
