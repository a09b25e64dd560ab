import { Type } from 'typebox'
import type { Presets } from '../../guardrails/open-presets.ts'
import { defineRoute } from '../http-route.ts'
import { encodeVersion, PresetVersionSchema, slugOf, slugParameter } from '../presets/describe-preset.ts'
import { wholeOf } from '../query-value.ts'

/** Contract §6.14, §8.B. */
export const getPresetVersion = defineRoute({
  method: 'get',
  path: '/presets/{slug}/versions/{version}',
  access: 'key',
  id: 'getPresetVersion',
  group: 'Presets',
  summary: 'Get a version of a preset',
  description: 'One version of a preset of the account.',
  parameters: [
    slugParameter,
    {
      name: 'version',
      in: 'path',
      description: 'The number of the version.',
      schema: Type.Integer({ minimum: 1 }),
      example: '1',
    },
  ],
  success: {
    description: 'The version.',
    json: Type.Object({ data: PresetVersionSchema }, { title: 'PresetVersionReply' }),
  },
  errors: ['invalid_request', 'authentication', 'not_found', 'server'],
  handle:
    ({ presets }: { readonly presets: Pick<Presets, 'find' | 'version'> }) =>
    async (exchange) => {
      const number = wholeOf({ name: 'version', text: exchange.parameters['version'] ?? '' }, 1, 2 ** 31)
      const preset = presets.find(exchange.principal.account, slugOf(exchange))
      exchange.json({ data: encodeVersion(await presets.version(preset, number)) })
    },
})
