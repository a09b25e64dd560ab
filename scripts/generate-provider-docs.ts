/** Writes `docs/providers.md` from the providers. With `--check` it reports whether the committed page is up to date. */
import { type Prices, toWireNames } from '../src/catalog/price-kinds.ts'
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

function dataPolicy(policy: StatedDataPolicy | undefined): string {
  if (policy === undefined) return 'not found'
  const { training, retention, source, asOf } = policy
  return `${training ? 'may train' : 'no training'}, ${kept(retention)} ([source](${source}), ${asOf})`
}

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

const nativeTools = providers.flatMap(({ name, nativeTools: tools = [] }) =>
  tools.map((tool) => [
    name,
    `\`openrouter:${tool.name}\``,
    `\`${tool.type}\``,
    code([tool.models?.source.replaceAll('|', '\\|') ?? ''], ''),
    prices(tool),
  ]),
)

function prices({ pricing = {} }: { readonly pricing?: Prices }): string {
  const listed = Object.entries(toWireNames(pricing, (price) => `${price} USD`))
  return listed.map(([kind, price]) => `\`${kind}\` ${price}`).join(', ') || '–'
}

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

## Tools of their own

Some providers have tools built in that search the web or read pages while the model answers. Where an endpoint has such a tool, the server
tools \`openrouter:web_search\` and \`openrouter:web_fetch\` (engine \`auto\` or \`native\`) and the plugin \`web\` are sent to it in the provider's own
words, and its citations come back as \`annotations\`. A server tool stays a function, which the gateway runs, where the provider's tool cannot do
the same: where it does not filter domains as the request demands, where it cannot stand beside functions or a JSON answer, and where
\`tool_choice\` names it. Google's tools never stand beside functions. Other settings are wishes: a provider that lacks them ignores them.

The price applies where the entry of the model has none. An endpoint of your own says with \`native_tools\` that it has a tool; it is asked in the
words of the vendor of its protocol. What the provider found is not sent again with the next turn, except for the text of the answer.

${table(['Provider', 'In place of', 'Provider’s word', 'Models', 'List price'], nativeTools)}

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
