import type { GenerationRequest, RequestContext } from '../canonical/generation-request.ts'

/** What the record of a generation keeps of its request: nothing of the prompt. */
export interface RecordedRequest {
  readonly operation: GenerationRequest['operation']
  /** The slug the client asked for; null when it left the choice to the default. */
  readonly requestedModel: string | null
  readonly stream: boolean
  readonly client: RequestContext
}

export const recordedRequest = ({ operation, models, stream, context }: GenerationRequest): RecordedRequest => ({
  operation,
  requestedModel: models[0] ?? null,
  stream,
  client: context,
})
