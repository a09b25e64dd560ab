import { Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { PluginSchema } from './plugin.ts'
import { ProviderPreferencesSchema } from './provider-preferences.ts'

const TraceSchema = Type.Object(
  {
    trace_id: nullish(Type.String()),
    trace_name: nullish(Type.String()),
    span_name: nullish(Type.String()),
    generation_name: nullish(Type.String()),
    parent_span_id: nullish(Type.String()),
  },
  {
    title: 'Trace',
    description:
      'For observability; other keys go along as metadata. Never sent upstream. At most 16,384 bytes of JSON.',
  },
)

/** Several times the longest there is: what is unknown is named in the error and kept with the generation. */
const slug = { maxLength: 512 }

/**
 * The end user, as all requests name it but chats and completions, which take one of any length. Source: contract §10.30; the published
 * schemas of those two have no limit.
 */
export const shortUser = nullish(
  Type.String({ maxLength: 256, description: 'The end user. Sent upstream only as a hash.' }),
)

/** What a request says to the gateway rather than to the model: shared by chat and completions. Source: contract §1.1. */
export const gatewayProperties = {
  model: nullish(
    Type.String({ ...slug, description: 'Model slug, e.g. `author/model:variant`. Absent: the configured default.' }),
  ),
  models: nullish(
    Type.Array(Type.String(slug), {
      // Far more than calls that a request may make: each is looked up, and looks through its author's models.
      maxItems: 1024,
      description: 'Slugs to fall back to, in order, after `model`.',
    }),
  ),
  route: nullish(
    Type.Enum(['fallback', 'sort'], { deprecated: true, description: 'Alias of `provider.sort.partition`.' }),
  ),
  provider: nullish(ProviderPreferencesSchema),
  plugins: nullish(Type.Array(PluginSchema, { description: 'What runs once on the request or the reply.' })),
  preset: nullish(Type.String({ description: 'Slug of a stored preset.' })),
  transforms: nullish(
    Type.Array(Type.Enum(['middle-out']), {
      deprecated: true,
      description: 'Alias of the context-compression plugin.',
    }),
  ),
  stream: nullish(Type.Boolean({ default: false, description: 'Whether to answer with an event stream.' })),
  stream_options: nullish(
    Type.Object(
      { include_usage: nullish(Type.Boolean()) },
      { deprecated: true, description: 'No effect: usage is always sent.' },
    ),
  ),
  usage: Type.Optional(Type.Unknown({ deprecated: true, description: 'No effect: usage is always sent.' })),
  session_id: nullish(
    Type.String({
      maxLength: 256,
      description: 'Groups requests and keeps them at one provider. At most 256 characters.',
    }),
  ),
  user: nullish(
    Type.String({
      description:
        'The end user. Sent upstream only as a hash. Of more than 512 characters, the first 448 and a hash of all are kept.',
    }),
  ),
  metadata: nullish(
    Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: Type.String({ maxLength: 512 }),
      propertyNames: Type.String({ maxLength: 64 }),
      maxProperties: 16,
      description:
        'Stored with the generation: up to 16 pairs, keys of at most 64 and values of at most 512 characters.',
    }),
  ),
  trace: nullish(TraceSchema),
  debug: nullish(
    Type.Object({
      echo_upstream_body: nullish(
        Type.Boolean({ description: 'The first event shows what was sent upstream. Only in streams.' }),
      ),
    }),
  ),
  service_tier: nullish(
    Type.Enum(['auto', 'default', 'flex', 'priority', 'scale', 'fast', 'ultrafast'], {
      description:
        '`fast` is `priority`, which falls back to the default tier; `ultrafast` falls back to `priority` first.',
    }),
  ),
}
