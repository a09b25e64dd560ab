import { Type } from 'typebox'
import { plugins } from '../../plugins/_registry.ts'
import { named, section } from './object.ts'

/** Returns the settings of a plugin without what is only in requests. */
function accountPlugin({ schema, description }: (typeof plugins)[number]) {
  const { id: _, ...settings } = schema.properties
  const preventOverrides = Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether these settings apply although a request has others.',
    }),
  )
  return Type.Optional(section({ ...settings, prevent_overrides: preventOverrides }, { description }))
}

const account = section(
  {
    log_content: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether to keep the input and output of its generations, for `GET /generation/content`; see docs/keys.md.',
      }),
    ),
    plugins: Type.Optional(
      section(Object.fromEntries(plugins.map((plugin) => [plugin.id, accountPlugin(plugin)])), {
        description:
          'The plugins that run on every request of the account, with their settings; `enabled: false` switches one off. A request may override them. The settings are those of a request; see docs/plugins.md.',
      }),
    ),
  },
  { description: 'One account.' },
)

export const accounts = named(
  account,
  { pattern: '^.+$', patternErrorMessage: 'must be the name of an account' },
  { default: {}, description: 'What applies to all keys of an account. Keys without an account are of `default`.' },
)
