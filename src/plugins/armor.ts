import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { nullish } from '../util/nullish.ts'
import { OpenObject } from '../util/open-object.ts'
import { definePlugin } from './plugin.ts'

/** A beta of OpenRouter's that judges tool calls. It is refused by name, since a client that asks for a guard must not go without. */
export default definePlugin({
  id: 'armor',
  order: 0,
  title: 'ArmorPlugin',
  description: 'Judges every tool call before the caller gets it. This gateway does not support it yet.',
  settings: {
    mode: nullish(Type.Enum(['enforce', 'audit'])),
    on_error: nullish(Type.Enum(['block', 'log'])),
    output_mode: nullish(Type.Enum(['text', 'custom_item', 'claude_code_compatibility'])),
    evaluate_native_tools: nullish(Type.Boolean()),
    use_cc_style_default_rules: nullish(Type.Boolean()),
    classifier_context: nullish(OpenObject),
  },
  start: () => ({
    onRequest() {
      const message = 'The plugin "armor" is not supported by this gateway yet.'
      throw new GatewayError('invalid_request', message, { issues: [{ path: 'plugins', message }] })
    },
  }),
})
