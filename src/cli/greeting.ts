import type { Served } from '../main.ts'
import { discoveryNote, providerRows } from './describe-providers.ts'
import { alignedRows } from './print-table.ts'
import { plainRequest } from './read-request.ts'

/**
 * Returns the text that a server prints once it listens: the configuration, the providers, the address for requests, and the first key,
 * which is never shown again.
 * @param signInLink Null where none is printed.
 */
export function greeting({ url, config, gateway, firstKey }: Served, signInLink: string | null): string {
  const { models } = gateway.catalog()
  const statuses = gateway.providers()
  const note = discoveryNote(config, statuses)
  const asked = askedAt(url)
  const lines = [
    `Waygate listens on ${url}`,
    ...labelled('Configuration', [config.file ?? 'none: everything is left at its default']),
    ...labelled('Providers', alignedRows(providerRows(statuses))),
    ...labelled('Local servers', localServers(statuses)),
    ...labelled('Discovery', note === '' ? [] : [note]),
    ...labelled('Models', [`${models.size}: ${asked}/api/v1/models?output_modalities=all`]),
    ...labelled('Console', signInLink === null ? [] : [`${signInLink} (works once, for 15 minutes)`]),
    ...labelled('Keys', firstKey === null ? [another] : []),
  ]
  if (firstKey !== null) {
    const simulated = models.has('waygate/simulator') ? ['waygate/simulator'] : []
    // The default model may be one that is not offered.
    const preferred = config.defaultModel === null ? simulated : [config.defaultModel, ...simulated]
    const isServed = (model: string): boolean => gateway.explain({ ...plainRequest, model }).candidates.some(isTried)
    const model = [...preferred, ...models.keys()].find(isServed)
    lines.push('', `API key, shown this once: ${firstKey}`)
    if (model !== undefined) lines.push('', curl(asked, firstKey, model))
  }
  return `${lines.join('\n')}\n\n`
}

/**
 * Returns the address for requests from this machine. `0.0.0.0` and `::` mean that the server listens at every address, but not every
 * system accepts requests to them.
 */
export const askedAt = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')

const isTried = ({ place }: { readonly place: number | null }): boolean => place !== null

const another =
  'make another with waygate keys create --name NAME (in a clone: npm run waygate -- keys create --name NAME)'

/** Prints lines under one label. Without lines nothing is printed. */
const labelled = (label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(15)}${line}`)

/** Lists the local servers that are not running. Those that answer are listed among the providers. */
function localServers(statuses: ReturnType<Served['gateway']['providers']>): readonly string[] {
  const silent = statuses.filter(({ state, configured }) => state === 'unreachable' && !configured)
  return silent.length === 0 ? [] : [`${silent.map(({ slug }) => slug).join(', ')}: not running`]
}

const curl = (url: string, key: string, model: string): string =>
  [
    `curl ${url}/api/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] })}'`,
  ].join('\n')
