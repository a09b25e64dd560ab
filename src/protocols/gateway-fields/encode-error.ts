import {
  type Availability,
  availabilityTable,
  errorTable,
  errorType,
  type GatewayError,
  type ModerationRefusal,
} from '../../canonical/errors.ts'
import type { RouterMetadata } from '../../canonical/router-metadata.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeAnnotation } from './annotation.ts'
import { encodeMetadata } from './encode-metadata.ts'

/** Encodes an error in the standard envelope (contract §5.1). A 500 shows no details of the error. */
export function encodeError(error: GatewayError, metadata?: RouterMetadata): JsonObject {
  return {
    error: encodeErrorObject(error),
    ...(metadata !== undefined && error.status !== 500 && { openrouter_metadata: encodeMetadata(metadata) }),
  }
}

/** Encodes the value of `error`, also inside streams and choices: the union of the old metadata and the new (contract §5.3). */
export function encodeErrorObject(error: GatewayError): JsonObject {
  const { status, details } = error
  const type = errorType(error.kind)
  if (status === 500) {
    return {
      code: status,
      message: errorTable.server.message,
      metadata: { error_type: type },
      error_type: type,
      http_status: status,
    }
  }
  const { availability } = details
  return {
    code: status,
    message: error.message,
    metadata: {
      error_type: type,
      ...(details.providerName !== undefined && { provider_name: details.providerName }),
      ...(details.providerCode !== undefined && { provider_code: details.providerCode }),
      ...(details.isByok && { is_byok: true }),
      ...(details.raw !== undefined && { raw: details.raw }),
      ...(details.previousErrors !== undefined && { previous_errors: details.previousErrors }),
      ...(details.limitSource !== undefined && { limit_source: details.limitSource }),
      ...(details.issues !== undefined && { issues: details.issues }),
      ...(details.moderation !== undefined && encodeModeration(details.moderation)),
      ...(details.fileAnnotations !== undefined && {
        file_annotations: details.fileAnnotations.flatMap(encodeAnnotation),
      }),
      ...(details.headers !== undefined && { headers: details.headers }),
    },
    error_type: type,
    http_status: status,
    ...(availability !== undefined && { availability: encodeAvailability(availability) }),
  }
}

const encodeModeration = ({ reasons, flaggedInput, providerName, modelSlug }: ModerationRefusal): JsonObject => ({
  reasons,
  flagged_input: flaggedInput,
  provider_name: providerName,
  model_slug: modelSlug,
})

/** A request may list any number of models; an error does not repeat them all. */
const mostModels = 100

/** Absent keys are left out, never null (contract §5.4). */
function encodeAvailability(availability: Availability): JsonObject {
  return {
    code: availability.code,
    retryable: availabilityTable[availability.code].retryable,
    retry_after: availability.retryAfter,
    requested_models: availability.requestedModels.slice(0, mostModels),
    affected_providers: availability.affectedProviders,
    excluded_by: availability.excludedBy,
    fallback_models: availability.fallbackModels,
    constraint: availability.constraint,
    docs_url: `/docs/errors#${availability.code}`,
  }
}
