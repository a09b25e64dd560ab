/** Writes `docs/search-engines.md` from the engines. With `--check` it reports whether the committed page is up to date. */
import { usd } from '../src/canonical/money.ts'
import { engines } from '../src/server-tools/engines/_registry.ts'
import type { Engine } from '../src/server-tools/engines/engine.ts'
import { writeOrCheck } from './write-or-check.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Prints a price in USD for a thousand of something. */
const perThousand = (nanoUsdAmount: number): string => String(Number((usd(nanoUsdAmount) * 1000).toFixed(6)))

function searchPrices({ search: { modes, usualMode, further }, pricing }: Engine): string {
  if (pricing === null) return 'nothing'
  const usual = modes[usualMode] ?? 0
  const others = Map.groupBy(
    Object.entries(modes).filter(([, price]) => price !== usual),
    ([, price]) => price,
  )
  const more =
    further === undefined
      ? []
      : [
          `${perThousand(further.price)} more for ${further.each === 1 ? 'each result' : `each ${further.each} results`} after ${further.after}`,
        ]
  return [
    perThousand(usual),
    ...[...others].map(
      ([price, group]) => `${perThousand(price)} as ${group.map(([mode]) => `\`${mode}\``).join(', ')}`,
    ),
    ...more,
  ].join('; ')
}

const source = ({ pricing }: Engine): string =>
  pricing === null ? '' : ` ([source](${pricing.source}), ${pricing.asOf})`

const row = (engine: Engine): readonly string[] => {
  const { name, documentation, slug, apiKey, baseUrl, search, read } = engine
  return [
    `[${name}](${documentation})`,
    `\`${slug}\``,
    apiKey === null ? 'none' : apiKey.variables.map((variable) => `\`${variable}\``).join(' or '),
    baseUrl === null ? 'your own' : `\`${baseUrl}\``,
    Object.keys(search.modes).length === 1
      ? 'one'
      : Object.keys(search.modes)
          .map((mode) => `\`${mode}\``)
          .join(', '),
    String(search.mostResults),
    `${searchPrices(engine)}${source(engine)}`,
    read === undefined ? 'no' : perThousand(read.price),
  ]
}

writeOrCheck(
  'docs/search-engines.md',
  `# Search engines

Generated from \`src/server-tools/engines/\` by \`npm run generate\`.

Engines search the web and read pages for the plugins and server tools of a request. An engine can be used when it has a section under
\`search\` in the configuration, or, with discovery, when its environment variable is set. SearXNG runs on your own machine, needs no key and
costs nothing; it needs only its address, and \`json\` under \`search.formats\` in its \`settings.yml\`.
[configuration.md](configuration.md) has every key and an example.

A request that names no engine takes \`search.default\`. Without it, it takes the first engine of the section, and where the section has none,
the first by name whose environment variable is set.

${table(['Engine', 'Slug', 'Key', 'Address', 'Modes', 'Most results', 'USD per 1,000 searches', 'USD per 1,000 pages'], engines.map(row))}

- **Price.** The price is added to the cost of the request. Set \`price_per_request\` and \`price_per_page\` (USD each) where you pay another one,
  such as 0 for a server of your own at \`base_url\`. The price of Firecrawl is that of its plan Standard, that of Tavily is without a plan.
- **Mode.** A mode that an engine lacks becomes its nearest one, and of two the one with less effort.
- **Domains.** The gateway drops every result outside the wanted domains, whether the engine filters or not. A domain stands for its
  subdomains too, and may have a path: \`github.com/nodejs\`. Engines without a filter get \`site:\` operators in the query.
- **Place.** The country of the end user is sent to all but SearXNG. Brave Search and Firecrawl also get the city and the region.
- **Failures.** A connection that breaks before the answer is tried once more, and so is a call for which the engine asks to wait up to
  five seconds. Redirects are not followed. The addresses of engines are yours, so they may be private.
`,
)
