import { Type } from 'typebox'

/** Source: Anthropic prompt caching; contract §1.1, §2.2. */
export const CacheControlSchema = Type.Object(
  {
    type: Type.Literal('ephemeral'),
    ttl: Type.Optional(
      Type.Union([Type.Enum(['5m', '1h']), Type.Null()], {
        description: 'How long the upstream keeps the prefix; 5m when absent.',
      }),
    ),
  },
  {
    title: 'CacheControl',
    description: 'Marks the end of a prefix for the upstream to cache.',
  },
)
