import { type Static, Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { Reload } from '../../canonical/happening.ts'
import { defineRoute } from '../http-route.ts'

const ReloadReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        outcome: Type.Enum(['reloaded', 'unchanged', 'refused'], {
          description: '`refused`: the configuration before stays in use.',
        }),
        changed: Type.Array(Type.String(), { description: 'The top-level keys whose meaning has changed.' }),
        problems: Type.Array(Type.String(), { description: 'What is wrong, with file, line and key.' }),
      },
      { title: 'ConfigurationReload' },
    ),
  },
  { title: 'ConfigurationReloadReply' },
)

interface Dependencies {
  /** Reads the configuration again; null where this process cannot. */
  readonly reloadConfiguration: (() => Promise<Reload>) | null
}

/** Of this gateway's own. */
export const reloadConfiguration = defineRoute({
  method: 'post',
  path: '/waygate/configuration/reload',
  access: 'operator',
  id: 'reloadConfiguration',
  group: 'Operator',
  summary: 'Reload the configuration',
  description:
    'Reads the configuration file again and puts it in use as a whole, or not at all. Requests that have begun end under the one before.',
  success: { description: 'The outcome, also of a configuration that was refused.', json: ReloadReplySchema },
  errors: ['authentication', 'permission_denied', 'conflict', 'server'],
  handle:
    ({ reloadConfiguration }: Dependencies) =>
    async (exchange) => {
      if (reloadConfiguration === null) {
        throw new GatewayError('conflict', 'This gateway was started by a program that gave it its configuration.')
      }
      exchange.json(encode(await reloadConfiguration()))
    },
})

const encode = (reload: Reload): Static<typeof ReloadReplySchema> => ({
  data: {
    outcome: reload.type,
    changed: reload.type === 'reloaded' ? [...reload.changed] : [],
    problems: reload.type === 'refused' ? [...reload.problems] : [],
  },
})
