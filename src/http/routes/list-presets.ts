import { Type } from 'typebox'
import type { Presets } from '../../guardrails/open-presets.ts'
import { defineRoute } from '../http-route.ts'
import { pageOf, pageParameters } from '../page-of.ts'
import { encodePreset, PresetSchema } from '../presets/describe-preset.ts'

const PresetListSchema = Type.Object(
  { data: Type.Array(PresetSchema), total_count: Type.Integer({ minimum: 0 }) },
  { title: 'PresetList' },
)

/** Contract §6.14, §8.B. */
export const listPresets = defineRoute({
  method: 'get',
  path: '/presets',
  access: 'key',
  id: 'listPresets',
  group: 'Presets',
  summary: 'List presets',
  description: 'The presets of the account, those that were changed last first.',
  parameters: pageParameters,
  success: { description: 'The presets.', json: PresetListSchema },
  errors: ['invalid_request', 'authentication', 'server'],
  handle:
    ({ presets }: { readonly presets: Pick<Presets, 'list'> }) =>
    (exchange) => {
      const { offset, limit } = pageOf(exchange.query)
      const all = presets.list(exchange.principal.account)
      exchange.json({ data: all.slice(offset, offset + limit).map(encodePreset), total_count: all.length })
    },
})
