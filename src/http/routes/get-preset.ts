import type { Presets } from '../../guardrails/open-presets.ts'
import { defineRoute } from '../http-route.ts'
import { encodeStoredPreset, PresetReplySchema, slugOf, slugParameter } from '../presets/describe-preset.ts'

/** Contract §6.14, §8.B. */
export const getPreset = defineRoute({
  method: 'get',
  path: '/presets/{slug}',
  access: 'key',
  id: 'getPreset',
  group: 'Presets',
  summary: 'Get a preset',
  description: 'One preset of the account, with the version that is used.',
  parameters: [slugParameter],
  success: { description: 'The preset.', json: PresetReplySchema },
  errors: ['authentication', 'not_found', 'server'],
  handle:
    ({ presets }: { readonly presets: Pick<Presets, 'find'> }) =>
    (exchange) => {
      const preset = presets.find(exchange.principal.account, slugOf(exchange))
      exchange.json({ data: encodeStoredPreset(preset) })
    },
})
