import { Type } from 'typebox'
import { ErrorBodySchema } from '../../gateway-fields/schema/error-response.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'

/** The envelope of errors, in JSON and in streams. Source: contract §8.A5. */
export const MessagesErrorResponseSchema = Type.Object(
  {
    type: Type.Literal('error'),
    error: Type.Object(
      {
        type: Type.Enum([
          'authentication_error',
          'permission_error',
          'billing_error',
          'not_found_error',
          'rate_limit_error',
          'overloaded_error',
          'timeout_error',
          'invalid_request_error',
          'api_error',
        ]),
        ...ErrorBodySchema.properties,
      },
      { title: 'MessagesErrorBody' },
    ),
    request_id: Type.Union([Type.String({ description: 'The id of the generation.' }), Type.Null()]),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'MessagesErrorResponse', description: 'A failure, in the words of Anthropic’s Messages API.' },
)
