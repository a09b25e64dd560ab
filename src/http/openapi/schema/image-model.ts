import { Type } from 'typebox'
import { orNull } from './or-null.ts'

const CapabilitySchema = Type.Union(
  [
    Type.Object({ type: Type.Literal('enum'), values: Type.Array(Type.String()) }),
    Type.Object({ type: Type.Literal('range'), min: Type.Number(), max: Type.Number() }),
    Type.Object({ type: Type.Literal('boolean') }),
  ],
  { title: 'ImageCapability', description: 'What a field of a request may be.' },
)

const Parameters = Type.Unsafe<object>({
  type: 'object',
  additionalProperties: CapabilitySchema,
  description: 'The fields of a request that have an effect.',
})
const Streaming = Type.Boolean({ description: 'Whether a stream shows unfinished images.' })

/** Source: contract §8.B. */
export const ImageModelListSchema = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          name: Type.String(),
          created: Type.Integer(),
          description: Type.String(),
          architecture: Type.Object({
            input_modalities: Type.Array(Type.String()),
            output_modalities: Type.Array(Type.String()),
          }),
          supported_parameters: Parameters,
          supports_streaming: Streaming,
          endpoints: Type.String({ description: 'The address that lists its endpoints.' }),
        },
        { title: 'ImageModel' },
      ),
    ),
  },
  { title: 'ImageModelList' },
)

/** Source: contract §8.B. */
export const ImageModelEndpointsSchema = Type.Object(
  {
    id: Type.String(),
    endpoints: Type.Array(
      Type.Object(
        {
          provider_name: Type.String(),
          provider_slug: Type.String(),
          provider_tag: orNull(Type.String()),
          supported_parameters: Parameters,
          supports_streaming: Streaming,
          allowed_passthrough_parameters: Type.Array(Type.String()),
          pricing: Type.Array(
            Type.Object({
              billable: Type.String({ description: 'What is charged.' }),
              unit: Type.String({ description: 'In what it is counted.' }),
              cost_usd: Type.Number({ description: 'USD for one.' }),
            }),
          ),
        },
        { title: 'ImageEndpoint' },
      ),
    ),
  },
  { title: 'ImageModelEndpoints' },
)
