import { engines } from '../server-tools/engines/_registry.ts'
import { objectOf, stringOf } from '../util/json.ts'
import { buildSearch } from './build-search.ts'
import { checkAddress } from './check-meaning.ts'
import type { ConfigDocument } from './config-document.ts'

/** Reports engines that lack their key, addresses that are none, and a default engine that cannot be used. */
export function checkSearch(document: ConfigDocument, environment: Readonly<Record<string, string>>): void {
  const file = objectOf(document.value())
  const search = objectOf(file?.['search'])
  if (search === undefined) return
  const discovery = file?.['discovery'] !== false
  const usable = new Set(buildSearch(search, environment, discovery).map(({ slug }) => slug))
  const preferred = engines.find(({ slug }) => slug === search['default'])
  for (const { slug, name, apiKey } of engines) {
    const section = objectOf(search[slug])
    if (section === undefined) continue
    const baseUrl = stringOf(section['base_url'])
    if (baseUrl !== undefined) {
      checkAddress(['search', slug, 'base_url'], baseUrl, document, apiKey === null ? '' : undefined)
    }
    // The schema reports an address that is missing.
    if (apiKey === null || usable.has(slug)) continue
    document.report(['search', slug], `lacks the key of ${name}: add "api_key", or set ${apiKey.variables[0]}.`, 'key')
  }
  if (preferred === undefined || usable.has(preferred.slug) || search[preferred.slug] !== undefined) return
  const variable = preferred.apiKey?.variables[0]
  const orSet = variable === undefined ? '' : discovery ? `, or set ${variable}` : ''
  document.report(
    ['search', 'default'],
    `${preferred.name} is not configured: add "${preferred.slug}" to this section${orSet}.`,
  )
}
