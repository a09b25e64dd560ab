/** Writes `docs/providers.md` from the providers. With `--check` it reports whether the committed page is up to date. */
import { providers } from '../src/providers/_registry.ts'
import type { Provider, StatedDataPolicy } from '../src/providers/provider.ts'
import { writeOrCheck } from './write-or-check.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const code = (names: readonly string[], between: string): string => names.map((name) => `\`${name}\``).join(between)

function kept(retention: StatedDataPolicy['retention']): string {
  switch (retention) {
    case 'none':
      return 'not kept'
    case 'transient':
      return 'kept while serving'
    case 'unknown':
      return 'kept for an unknown time'
    default:
      return `kept for ${retention.slice('days:'.length)} days`
  }
}

const dataPolicy = ({ training, retention, source, asOf }: StatedDataPolicy): string =>
  `${training ? 'may train' : 'no training'}, ${kept(retention)} ([source](${source}), ${asOf})`

function variables(provider: Provider): string {
  const { apiKeyVariables, credentialVariables = [], variables: others = [], variableDefaults = {} } = provider
  const credentials = [...apiKeyVariables.map((name) => [name]), ...credentialVariables]
  const named = others.map((name) => `\`${name}\`${name in variableDefaults ? ` (${variableDefaults[name]})` : ''}`)
  return [credentials.map((names) => code(names, ' and ')).join(' or '), ...named]
    .filter((part) => part !== '')
    .join(', ')
}

const row = (provider: Provider): readonly string[] => [
  `[${provider.name}](${provider.documentation})`,
  `\`${provider.slug}\``,
  variables(provider),
  `\`${provider.baseUrl}\``,
  dataPolicy(provider.dataPolicy),
]

const hosted = providers.filter((provider) => provider.local !== true)
const local = providers.filter((provider) => provider.local === true && provider.variables === undefined)

writeOrCheck(
  'docs/providers.md',
  `# Providers

Generated from \`src/providers/\` by \`npm run generate\`.

A provider is offered as soon as its variables are set, also beside configured models (\`discovery: false\` turns this off). Without
credentials it offers nothing, and \`waygate check\` prints what to set. To change a provider, name its slug under \`providers\` in the
configuration and set only what differs. A provider of your own also needs a \`base_url\`.

The data policy is the provider's statement for an ordinary account. Where no statement was found, the provider is treated as one that
trains on the data it receives and keeps it. If your contract or your account settings are better, set \`data_policy\`.

${table(['Provider', 'Slug', 'Variables', 'Base URL', 'Data policy'], hosted.map(row))}

When a client disconnects in the middle of a stream, the gateway ends the call. Most providers then stop and charge no more. These continue,
as far as is known, and may bill the whole answer: ${hosted
    .filter(({ cancels }) => cancels === false)
    .map(({ name }) => name)
    .join(', ')}.

## On this machine

These servers need no key. They are offered when they answer \`GET {base URL}/models\`, with the models that they list. To use one at
another address, set its \`base_url\` under \`providers\`. A server of your own is discovered in the same way with \`discover: true\`.

${table(
  ['Server', 'Slug', 'Base URL'],
  local.map(({ name, slug, baseUrl, documentation }) => [
    `[${name}](${documentation})`,
    `\`${slug}\``,
    `\`${baseUrl}\``,
  ]),
)}

The bundled simulator (\`waygate\`) is offered as long as discovery is on. Requests to these addresses do not leave the machine.
`,
)
