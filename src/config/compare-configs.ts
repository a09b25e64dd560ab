import { isDeepStrictEqual } from 'node:util'
import type { ConfigDocument } from './config-document.ts'
import type { Config } from './config.ts'
import { type Path, printPath, valueAt } from './path.ts'

/** The top-level key of the file that decides each part of the configuration. Null for what only a start decides. */
const keyOf: Readonly<Record<keyof Config, string | null>> = {
  server: 'server',
  storage: 'storage',
  secrets: 'secrets',
  log: 'log',
  keys: 'keys',
  accounts: 'accounts',
  discovery: 'discovery',
  bareNames: 'bare_names',
  providers: 'providers',
  models: 'models',
  aliases: 'aliases',
  defaultModel: 'default_model',
  routing: 'routing',
  timeouts: 'timeouts',
  streamRescue: 'stream_rescue',
  keepaliveMs: 'keepalive_ms',
  limits: 'limits',
  console: 'console',
  fetch: 'fetch',
  search: 'search',
  byok: 'byok',
  moderation: 'moderation',
  ocr: 'ocr',
  telemetry: 'telemetry',
  broadcast: 'broadcast',
  environment: null,
  dataDirectory: null,
  file: null,
  values: null,
}

/** What is opened once, at the start. */
const fixed: readonly { readonly path: Path; readonly of: (config: Config) => unknown }[] = [
  { path: ['server', 'host'], of: ({ server }) => server.host },
  { path: ['server', 'port'], of: ({ server }) => server.port },
  { path: ['storage', 'url'], of: ({ storage }) => storage.url },
  { path: ['storage', 'redis_url'], of: ({ storage }) => storage.redisUrl },
  { path: ['storage', 'journal'], of: ({ storage }) => storage.journal },
  { path: ['storage', 'durability'], of: ({ storage }) => storage.durability },
  { path: ['storage', 'retention_days'], of: ({ storage }) => storage.retention.days },
  { path: ['storage', 'retention_mb'], of: ({ storage }) => storage.retention.bytes },
  { path: ['storage', 'content_retention_days'], of: ({ storage }) => storage.retention.contentDays },
  { path: ['secrets'], of: ({ secrets }) => secrets },
]

const needsRestart =
  'cannot be changed while the gateway runs. Restart it, or set it back: nothing of this file is in use.'

/** Lists the top-level keys of the file whose meaning differs. */
export const changedKeys = (before: Config, after: Config): readonly string[] =>
  Object.entries(keyOf).flatMap(([part, key]) =>
    key === null || isDeepStrictEqual(valueAt([part], before), valueAt([part], after)) ? [] : key,
  )

/** Returns a problem for each difference that only a restart can bring into use. */
export const fixedKeys = (before: Config, after: Config): readonly string[] =>
  differing(before, after).map((path) => `${printPath(path)}: ${needsRestart}`)

/** Reports, with their lines, what cannot replace the configuration in use: such differences, and a file that has lost its content. */
export function checkReplacement(document: ConfigDocument, before: Config, after: Config): void {
  for (const path of differing(before, after)) document.report(path, needsRestart, 'key')
  const isEmpty = Object.keys(Object(document.value())).length === 0
  if (isEmpty && changedKeys(before, after).length > 0) {
    document.report([], 'the file is empty. To run without settings, restart the gateway.')
  }
}

const differing = (before: Config, after: Config): readonly Path[] =>
  fixed.filter(({ of }) => !isDeepStrictEqual(of(before), of(after))).map(({ path }) => path)
