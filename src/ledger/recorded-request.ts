import type { GenerationRequest, RequestContext } from '../canonical/generation-request.ts'

/** The part of a request that the record of its generation keeps. It holds nothing of the prompt. */
export interface RecordedRequest {
  readonly operation: GenerationRequest['operation']
  /** The slug that the client asked for; null where it named no model, so that the default is used. */
  readonly requestedModel: string | null
  readonly stream: boolean
  /** The preset that is part of the request; null where there is none. */
  readonly presetId: string | null
  readonly client: RequestContext
}

/** Takes from a request what its record keeps. */
export const recordedRequest = ({
  operation,
  models,
  preset,
  stream,
  context,
}: GenerationRequest): RecordedRequest => ({
  operation,
  requestedModel: models[0] ?? null,
  stream,
  presetId: preset?.type === 'applied' ? preset.id : null,
  client: context,
})
