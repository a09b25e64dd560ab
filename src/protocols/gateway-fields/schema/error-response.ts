import { Type } from 'typebox'
import { availabilityCodes } from '../../../canonical/errors.ts'
import { OpenObject } from '../../../util/open-object.ts'
import { RouterMetadataSchema } from './router-metadata.ts'

const Names = Type.Array(Type.String(), { minItems: 1 })

/** Why a model could not be served. What is unknown is left out, never null or empty. Source: contract §5.4. */
const AvailabilitySchema = Type.Object(
  {
    code: Type.Enum([...availabilityCodes]),
    retryable: Type.Boolean(),
    retry_after: Type.Optional(Type.Number({ minimum: 0, description: 'Seconds.' })),
    requested_models: Type.Array(Type.String()),
    affected_providers: Type.Optional(Names),
    excluded_by: Type.Optional(Names),
    fallback_models: Type.Optional(Names),
    constraint: Type.Optional(
      Type.Object(
        { field: Type.String({ minLength: 1 }), detail: Type.String({ minLength: 1 }) },
        { title: 'Constraint' },
      ),
    ),
    docs_url: Type.String({ minLength: 1 }),
  },
  {
    title: 'Availability',
    description: 'Why a model could not be served, for programs. `docs_url` explains the code.',
  },
)

/** What went wrong, in an error envelope, in a chunk and beside a choice. Source: contract §5.1, §5.3. */
export const ErrorBodySchema = Type.Object(
  {
    code: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status it has, or would have had.' }),
    message: Type.String({ minLength: 1 }),
    error_type: Type.Optional(
      Type.String({ minLength: 1, description: 'The kind of the error, e.g. `rate_limit_exceeded`.' }),
    ),
    http_status: Type.Optional(Type.Integer()),
    metadata: Type.Optional(OpenObject),
    availability: Type.Optional(AvailabilitySchema),
  },
  { title: 'ErrorBody', description: 'What went wrong.' },
)

/** The answer to a request that failed before anything was generated. Source: contract §5.1. */
export const ErrorResponseSchema = Type.Object(
  {
    error: ErrorBodySchema,
    // A string or absent: the AI SDK cannot decode an error whose user_id is null.
    user_id: Type.Optional(Type.String()),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'ErrorResponse', description: 'The answer to a request that failed before anything was generated.' },
)
