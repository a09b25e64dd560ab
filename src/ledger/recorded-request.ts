import type { GenerationRequest, RequestContext } from '../canonical/generation-request.ts'
import { mediaIn, type PromptMedia } from '../canonical/prompt-media.ts'

/** The part of a request that the record of its generation keeps. It holds nothing of the prompt. */
export interface RecordedRequest {
  readonly operation: GenerationRequest['operation']
  /** The slug that the client asked for; null where it named no model, so that the default is used. */
  readonly requestedModel: string | null
  readonly stream: boolean
  readonly media: PromptMedia
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
  input,
}: GenerationRequest): RecordedRequest => ({
  operation,
  requestedModel: preset?.modelAsSent ?? models[0] ?? null,
  stream,
  media: mediaIn(input),
  presetId: preset?.type === 'applied' ? preset.id : null,
  client: context,
})
