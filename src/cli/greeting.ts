import type { Served } from '../main.ts'
import { discoveryNote, providerRows } from './describe-providers.ts'
import { alignedRows } from './print-table.ts'

/** The text for a server that listens now: what it found, where to ask, and the first key, which nothing shows again. */
export function greeting({ url, config, gateway, firstKey }: Served): string {
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
    ...labelled('Models', [`${models.size}: ${asked}/api/v1/models`]),
    ...labelled('Keys', firstKey === null ? [another] : []),
  ]
  if (firstKey !== null) {
    const model = config.defaultModel ?? (models.has('waygate/simulator') ? 'waygate/simulator' : [...models.keys()][0])
    lines.push('', `API key, shown this once: ${firstKey}`)
    if (model !== undefined) lines.push('', curl(asked, firstKey, model))
  }
  return `${lines.join('\n')}\n\n`
}

/** From this machine. `0.0.0.0` and `::` mean that it listens at every address; not every system lets a client ask there. */
const askedAt = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')

const another =
  'make another with waygate keys create --name NAME (in a clone: npm run waygate -- keys create --name NAME)'

/** Lines under one label; none where there is nothing to say. */
const labelled = (label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(15)}${line}`)

/** Those that answer are among the providers. */
function localServers(statuses: ReturnType<Served['gateway']['providers']>): readonly string[] {
  const silent = statuses.filter(({ state, configured }) => state === 'silent' && !configured)
  return silent.length === 0 ? [] : [`${silent.map(({ slug }) => slug).join(', ')}: not running`]
}

const curl = (url: string, key: string, model: string): string =>
  [
    `curl ${url}/api/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] })}'`,
  ].join('\n')
