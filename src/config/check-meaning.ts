import { isIP } from 'node:net'
import { arrayOf, type JsonObject, objectOf } from '../util/json.ts'
import type { BuiltInProvider } from './config.ts'
import type { ConfigDocument } from './config-document.ts'
import { didYouMean } from './suggest.ts'

/**
 * Reports errors that the schema cannot express: names used twice, names without a meaning, dates that do not exist. It reads the file even
 * where the schema reports errors, so that all problems are in one report.
 */
export function checkMeaning(document: ConfigDocument, builtIn: readonly BuiltInProvider[]): void {
  const builtInSlugs = new Set(builtIn.map(({ slug }) => slug))
  const hosted = new Set(builtIn.filter(({ local }) => local !== true).map(({ slug }) => slug))
  const file = fieldsOf(document.value())
  checkKeys(arrayOf(file['keys']), document)
  checkProviders(fieldsOf(file['providers']), document, builtInSlugs)
  checkDiscovery(fieldsOf(file['providers']), document, hosted)
  checkServices(file, document)
  checkAllowed(arrayOf(fieldsOf(file['fetch'])['allow']), document)
  checkSecrets(fieldsOf(file['secrets']), document)
  checkModels(
    fieldsOf(file['models']),
    document,
    new Set([...builtInSlugs, ...Object.keys(fieldsOf(file['providers']))]),
  )
}

/** Reports addresses of services that are none, and settings of a moderation endpoint where there is none. */
function checkServices(file: JsonObject, document: ConfigDocument): void {
  const moderation = fieldsOf(file['moderation'])
  const ocr = fieldsOf(fieldsOf(file['ocr'])['mistral'])
  for (const [path, baseUrl] of [
    [['moderation', 'base_url'], moderation['base_url']],
    [['ocr', 'mistral', 'base_url'], ocr['base_url']],
  ] as const) {
    if (typeof baseUrl === 'string') checkAddress(path, baseUrl, document)
  }
  if (moderation['base_url'] !== undefined || moderation['api_key'] !== undefined) return
  for (const key of ['model', 'block', 'on_error']) {
    if (moderation[key] === undefined) continue
    document.report(['moderation', key], 'needs a moderation endpoint: add "api_key" or "base_url".', 'key')
  }
}

function checkKeys(keys: readonly unknown[], document: ConfigDocument): void {
  const names = new Map<unknown, number>()
  const secrets = new Map<unknown, number>()
  keys.map(fieldsOf).forEach(({ name, key, expires_at: expiresAt }, index) => {
    const sameName = claim(names, name, index)
    if (sameName !== undefined) document.report(['keys', index, 'name'], `keys[${sameName}] has this name already.`)
    const sameKey = claim(secrets, key, index)
    if (sameKey !== undefined) document.report(['keys', index, 'key'], `this is the same key as keys[${sameKey}].`)
    checkDay(['keys', index, 'expires_at'], expiresAt, document)
  })
}

const hasStreamOptions: ReadonlySet<unknown> = new Set(['chat-completions', 'completions'])

function checkProviders(providers: JsonObject, document: ConfigDocument, builtIn: ReadonlySet<string>): void {
  for (const [slug, provider] of Object.entries(providers)) {
    const {
      base_url: baseUrl,
      api_key: apiKey,
      api_keys: apiKeys,
      protocol,
      stream_options: options,
    } = fieldsOf(provider)
    if (baseUrl === undefined && !builtIn.has(slug)) {
      const message = `lacks the key "base_url", which a provider that is not built in needs.${didYouMean(slug, builtIn)}`
      document.report(['providers', slug], message, 'key')
    }
    if (options !== undefined && protocol !== undefined && !hasStreamOptions.has(protocol)) {
      const message = 'is a field of chat-completions and completions alone.'
      document.report(['providers', slug, 'stream_options'], message, 'key')
    }
    if (typeof baseUrl === 'string') checkAddress(['providers', slug, 'base_url'], baseUrl, document)
    if (apiKey !== undefined && apiKeys !== undefined) {
      document.report(['providers', slug, 'api_keys'], 'give either api_key or api_keys, not both.', 'key')
    }
  }
}

/** Reports `discover` where it is not allowed: the list of a commercial host is not free of charge, and not every protocol has a list. */
function checkDiscovery(providers: JsonObject, document: ConfigDocument, hosted: ReadonlySet<string>): void {
  for (const [slug, provider] of Object.entries(providers)) {
    const { discover, protocol } = fieldsOf(provider)
    if (discover !== true) continue
    const path = ['providers', slug, 'discover']
    if (hosted.has(slug)) {
      const message =
        'is for local servers and providers of your own: the catalogue has the models of this one, with prices.'
      document.report(path, message, 'key')
    } else if (typeof protocol === 'string' && ['generate-content', 'converse', 'cohere-chat'].includes(protocol)) {
      document.report(path, `needs a protocol in which models can be listed, which ${protocol} is not.`, 'key')
    }
  }
}

/** Reports an address that is none, or that contains a password. */
export function checkAddress(
  path: readonly string[],
  address: string,
  document: ConfigDocument,
  instead = ' Use api_key.',
): void {
  // The schema has already reported any other text.
  if (!/^https?:\/\/[^\s?#]+$/.test(address)) return
  const url = URL.parse(address)
  if (url === null) document.report(path, 'must be an address, such as http://127.0.0.1:9001/v1.')
  else if (url.username !== '' || url.password !== '') document.report(path, `must not hold a password.${instead}`)
}

/** Reports invalid addresses. `10.0.0.256` has the form of an address, and as a host name it would match nothing. */
function checkAllowed(entries: readonly unknown[], document: ConfigDocument): void {
  entries.forEach((entry, index) => {
    if (typeof entry !== 'string' || !/^([\d.]+|[\da-f]*:[\da-f:.]*)(\/\d{1,3})?$/i.test(entry)) return
    const [address = '', prefix = '0'] = entry.split('/')
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    if (Number(prefix) > bits) {
      document.report(
        ['fetch', 'allow', index],
        'is no IP address or block, such as 10.1.2.3, 10.0.0.0/8 or fd12::/16.',
      )
    }
  })
}

function checkSecrets({ key, keys }: JsonObject, document: ConfigDocument): void {
  if (key === undefined || keys === undefined) return
  document.report(['secrets', 'keys'], 'give either key or keys, not both.', 'key')
}

function checkModels(models: JsonObject, document: ConfigDocument, providers: ReadonlySet<string>): void {
  const slugs = new Map<unknown, string>(Object.keys(models).map((slug) => [slug, slug]))
  for (const [slug, model] of Object.entries(models)) {
    const { aliases, created, endpoints } = fieldsOf(model)
    checkDay(['models', slug, 'created'], created, document)
    arrayOf(aliases).forEach((alias, index) => {
      const owner = claim(slugs, alias, slug)
      if (owner !== undefined) document.report(['models', slug, 'aliases', index], `this already means ${owner}.`)
    })
    checkEndpoints(slug, arrayOf(endpoints).map(fieldsOf), document, providers)
  }
}

function checkEndpoints(
  slug: string,
  endpoints: readonly JsonObject[],
  document: ConfigDocument,
  providers: ReadonlySet<string>,
): void {
  const tags = new Map<unknown, number>()
  endpoints.forEach(({ provider, tag, pricing }, index) => {
    const path = ['models', slug, 'endpoints', index]
    checkHours([...path, 'pricing', 'overrides'], arrayOf(fieldsOf(pricing)['overrides']).map(fieldsOf), document)
    if (typeof provider !== 'string') return
    if (!providers.has(provider)) {
      const message = 'is neither a built-in provider nor one under "providers".'
      return document.report([...path, 'provider'], message + didYouMean(provider, providers))
    }
    if (typeof tag === 'string' && tag !== provider && !tag.startsWith(`${provider}/`)) {
      document.report([...path, 'tag'], 'must begin with the slug of its provider, as in prov-a/turbo.')
    }
    const same = claim(tags, tag ?? provider, index)
    if (same !== undefined) {
      const message = `endpoints[${same}] has this tag already. Give one of them a tag with a suffix, as in prov-a/turbo.`
      document.report(tag === undefined ? path : [...path, 'tag'], message)
    }
  })
}

function checkHours(
  path: readonly (string | number)[],
  overrides: readonly JsonObject[],
  document: ConfigDocument,
): void {
  overrides.forEach((override, index) => {
    const given = ['utc_start', 'utc_end'].filter((key) => override[key] !== undefined)
    if (given.length === 1) document.report([...path, index], 'needs both utc_start and utc_end, or neither.', 'key')
    for (const key of given) {
      const time = override[key]
      if (typeof time === 'number' && time % 100 > 59) {
        document.report([...path, index, key], 'there is no such time: its last two digits are minutes, as in 1630.')
      }
    }
  })
}

/** Records the owner of a name, and returns the earlier owner. */
function claim<Owner>(owners: Map<unknown, Owner>, name: unknown, owner: Owner): Owner | undefined {
  const before = owners.get(name)
  if (before === undefined && name !== undefined) owners.set(name, owner)
  return before
}

function checkDay(path: readonly (string | number)[], time: unknown, document: ConfigDocument): void {
  if (typeof time !== 'string' || !/^\d{4}-\d{2}-\d{2}(T|$)/.test(time)) return
  // JavaScript takes 30 February as 2 March.
  const parsed = new Date(time)
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== time.slice(0, 10)) {
    document.report(path, 'there is no such day or time.')
  }
}

const fieldsOf = (value: unknown): JsonObject => objectOf(value) ?? {}
