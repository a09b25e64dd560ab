import { Type } from 'typebox'
import type { Presets } from '../../guardrails/open-presets.ts'
import { defineRoute } from '../http-route.ts'
import { pageOf, pageParameters } from '../page-of.ts'
import { encodeVersion, PresetVersionSchema, slugOf, slugParameter } from '../presets/describe-preset.ts'

const PresetVersionListSchema = Type.Object(
  { data: Type.Array(PresetVersionSchema), total_count: Type.Integer({ minimum: 0 }) },
  { title: 'PresetVersionList' },
)

/** Contract §6.14, §8.B. */
export const listPresetVersions = defineRoute({
  method: 'get',
  path: '/presets/{slug}/versions',
  access: 'key',
  id: 'listPresetVersions',
  group: 'Presets',
  summary: 'List the versions of a preset',
  description: 'The versions of a preset, oldest first. The last 1,000 are kept.',
  parameters: [slugParameter, ...pageParameters],
  success: { description: 'The versions.', json: PresetVersionListSchema },
  errors: ['invalid_request', 'authentication', 'not_found', 'server'],
  handle:
    ({ presets }: { readonly presets: Pick<Presets, 'find' | 'versions' | 'countVersions'> }) =>
    async (exchange) => {
      const { offset, limit } = pageOf(exchange.query)
      const preset = presets.find(exchange.principal.account, slugOf(exchange))
      const versions = await presets.versions(preset, offset, limit)
      exchange.json({ data: versions.map(encodeVersion), total_count: await presets.countVersions(preset) })
    },
})
