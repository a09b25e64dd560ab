import { isObject } from '../util/json.ts'
import { maskPassword } from '../util/mask-password.ts'
import type { ConfigDocument } from './config-document.ts'
import type { ConfigSource, ConfigValue } from './config.ts'
import { defaults } from './defaults.ts'
import { type Path, printPath, valueAt } from './path.ts'

/** What is shown in place of a secret. */
const mask = '•••'
/** The last name of the path of a secret. The tokens of a limit are none. */
const secretName = /(^|_)(api_?key|api_?keys|key|keys|secret|secrets|token|password|credentials?|authorization)$/i
/** What stands below these names may be a secret, whatever it is called. */
const secretSections = new Set(['variables', 'headers', 'broadcast'])

/** What a variable of the environment may hold that is no secret, by the last name of its path. Of addresses the password is masked. */
const plainNames = new Set(['host', 'url', 'base_url', 'redis_url', 'endpoint', 'model', 'name', 'account'])

/** The defaults that apply only where the file has an entry or another key. All others are sections of the file. */
const conditionalDefaults: ReadonlySet<string> = new Set([
  'account',
  'protocol',
  'tier',
  'hedge',
  'free_models',
  'moderation',
  'broadcast',
  'otlp',
  'ocr',
] satisfies readonly (keyof typeof defaults)[])

/**
 * Lists every value of a configuration with its source: those of the file, the defaults of what it leaves out, and the variables of the
 * environment that providers read. Secrets are masked.
 * @param overrides The values that replace those of the file, with their sources.
 */
export function describeValues(
  document: ConfigDocument,
  overrides: readonly ConfigValue[],
  variables: Readonly<Record<string, string>>,
): readonly ConfigValue[] {
  const file = document.value()
  const inFile = leaves(file, []).map(([path, value]): ConfigValue => {
    const { line, variables: names } = document.origin(path)
    const [variable] = names
    const source: ConfigSource =
      variable === undefined ? { from: 'file', line } : { from: 'environment', variable, line }
    return { path: printPath(path), value: shown(path, value, variable !== undefined), source }
  })
  const sections = Object.entries(defaults).filter(([name]) => !conditionalDefaults.has(name))
  const left = leaves(Object.fromEntries(sections), [])
    .filter(([path]) => valueAt(path, file) === undefined)
    .map(([path, value]): ConfigValue => {
      return { path: printPath(path), value: shown(path, value), source: { from: 'default' } }
    })
  const ofProviders = Object.keys(variables).map((variable): ConfigValue => {
    return { path: `environment.${variable}`, value: mask, source: { from: 'environment', variable, line: null } }
  })
  const values = new Map([...left, ...inFile, ...overrides, ...ofProviders].map((value) => [value.path, value]))
  return [...values.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

/** Lists the values that have no parts, with their paths. A file that sets nothing has none. */
export function leaves(value: unknown, path: Path): readonly (readonly [Path, unknown])[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]))
  }
  return path.length === 0 ? [] : [[path, value]]
}

function shown(path: Path, value: unknown, isFromEnvironment = false): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  const names = path.filter((part) => typeof part === 'string')
  const last = names.at(-1) ?? ''
  if (isFromEnvironment && !plainNames.has(last)) return mask
  if (isSecret(path)) return mask
  return typeof value === 'string' ? maskPassword(value) : value
}

/** Tells whether the value at a path may be a secret, by the names on the path. */
export function isSecret(path: Path): boolean {
  const names = path.filter((part) => typeof part === 'string')
  return secretName.test(names.at(-1) ?? '') || names.some((name) => secretSections.has(name))
}
