import type { TSchema } from 'typebox'
import type { Presets } from '../../guardrails/open-presets.ts'
import { encodePresetConfig } from '../../protocols/chat-completions/preset-config.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { type ApiRoute, defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'
import { encodeStoredPreset, PresetReplySchema, slugOf, slugParameter } from './describe-preset.ts'

interface PresetRoute<Dependencies> {
  /** The path of the surface whose requests it takes. */
  readonly surface: `/${string}`
  readonly id: string
  readonly body: { readonly schema: TSchema; readonly example: object }
  readonly protocol: (dependencies: Dependencies) => ClientProtocol
}

interface SharedDependencies {
  readonly presets: Pick<Presets, 'save'>
  readonly limits: BodyLimits
}

/** Defines the route that makes a preset of a request of one surface (contract §6.14). */
export const definePresetRoute = <Dependencies>({
  surface,
  id,
  body,
  protocol,
}: PresetRoute<Dependencies>): ApiRoute<Dependencies & SharedDependencies> =>
  defineRoute({
    method: 'post',
    path: `/presets/{slug}${surface}`,
    access: 'key',
    id,
    group: 'Presets',
    summary: `Store a preset from a request to ${surface}`,
    description:
      `Takes the body of a request to \`${surface}\` and stores its settings under the slug: as a new preset, or as a new version of the ` +
      'one that has the slug, which is used from then on. Instructions become the system prompt; the conversation itself, and what concerns one ' +
      'request alone, is left out. It calls no model.',
    parameters: [slugParameter],
    body,
    success: { description: 'The preset, with the new version.', json: PresetReplySchema },
    errors: [...bodyErrors, 'not_found', 'conflict'],
    handle: (dependencies: Dependencies & SharedDependencies) => async (exchange) => {
      const { presets, limits } = dependencies
      const { incoming, principal } = exchange
      const request = protocol(dependencies).decodeRequest(await readJsonBody(incoming, limits), {})
      const preset = await presets.save(principal, slugOf(exchange), encodePresetConfig(request))
      exchange.json({ data: encodeStoredPreset(preset) })
    },
  })
