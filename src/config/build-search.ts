import { nanoUsd } from '../canonical/money.ts'
import { engines } from '../server-tools/engines/_registry.ts'
import type { Engine, EngineSettings } from '../server-tools/engines/engine.ts'
import { numberOf, objectOf, stringOf } from '../util/json.ts'
import { trimEnd } from '../util/trim-end.ts'

/** The environment variables that engines read. */
export const engineVariables: readonly string[] = engines.flatMap(({ apiKey }) => apiKey?.variables ?? [])

/**
 * Returns the settings of the engines that can be used: the default engine first, then those of the file in its order, then those that the
 * environment has a key for, by name.
 * @param search The section of the file. Of a section that is not valid, what can be read is taken.
 */
export function buildSearch(
  search: unknown,
  environment: Readonly<Record<string, string>>,
  discovery: boolean,
): readonly EngineSettings[] {
  const { default: preferred, ...sections } = objectOf(search) ?? {}
  const bySlug = new Map(engines.map((engine) => [engine.slug, engine]))
  const named = Object.keys(sections).flatMap((slug) => bySlug.get(slug) ?? [])
  const found = engines.filter((engine) => discovery && !named.includes(engine) && keyOf(engine, environment) !== null)
  return [...named, ...found]
    .flatMap((engine) => settingsOf(engine, objectOf(sections[engine.slug]) ?? {}, environment) ?? [])
    .toSorted((a, b) => Number(b.slug === preferred) - Number(a.slug === preferred))
}

/** Returns the settings of an engine; null where it lacks its address or its key. */
function settingsOf(
  engine: Engine,
  section: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>>,
): EngineSettings | null {
  const ownUrl = stringOf(section['base_url'])
  const baseUrl = ownUrl ?? engine.baseUrl
  const apiKey = stringOf(section['api_key']) ?? keyOf(engine, environment)
  // A server at an address of the operator's own may need no key.
  if (baseUrl === null || (engine.apiKey !== null && apiKey === null && ownUrl === undefined)) return null
  const price = (key: string): number | null => {
    const amount = numberOf(section[key])
    return amount === undefined ? null : nanoUsd(amount)
  }
  return {
    slug: engine.slug,
    baseUrl: trimEnd(baseUrl, '/'),
    apiKey,
    pricePerSearch: price('price_per_request'),
    pricePerPage: price('price_per_page'),
  }
}

/** Returns the key of an engine that the environment has; null where it has none. */
const keyOf = ({ apiKey }: Engine, environment: Readonly<Record<string, string>>): string | null =>
  apiKey?.variables.flatMap((name) => environment[name] ?? [])[0] ?? null
