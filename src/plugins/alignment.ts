import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

/** A beta of OpenRouter's that judges answers by rules. It is refused by name, since a client that asks for a guard must not go without. */
export default definePlugin({
  id: 'alignment',
  order: 0,
  title: 'AlignmentPlugin',
  description: 'Judges every answer by rules. This gateway does not support it yet.',
  settings: {
    rules: nullish(
      Type.Array(
        Type.Object({
          rule: Type.String(),
          watch: nullish(Type.Array(Type.Enum(['content', 'tool_calls', 'refusal', 'images', 'audio']))),
        }),
      ),
    ),
    mode: nullish(Type.Enum(['enforce', 'audit'])),
    threshold: nullish(Type.Number({ minimum: 0.01, maximum: 1 })),
    instruct: nullish(Type.Boolean()),
    max_retries: nullish(Type.Integer({ minimum: 0 })),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "alignment" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
