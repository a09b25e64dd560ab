import { basename } from 'node:path'
import { buildConfig } from './build-config.ts'
import { engineVariables } from './build-search.ts'
import { checkBroadcast } from './check-broadcast.ts'
import { checkMeaning } from './check-meaning.ts'
import { checkSchema } from './check-schema.ts'
import { checkSearch } from './check-search.ts'
import { checkVariables } from './check-variables.ts'
import { checkReplacement } from './compare-configs.ts'
import { ConfigDocument } from './config-document.ts'
import type { BuiltInProvider, Config, ConfigValue } from './config.ts'
import { describeValues } from './describe-values.ts'
import { configPaths, findConfigFile } from './find-config-file.ts'
import { ConfigError, type Problem } from './problem.ts'
import type { ConfigFile } from './schema/config-schema.ts'
import { type ConfigWatch, watchConfigFile } from './watch-config-file.ts'

export interface LoadOptions {
  /** The file that was named on the command line. */
  readonly file?: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
  /** An absolute path. Relative paths are resolved against it, and it is searched for the usual file names. */
  readonly workingDirectory: string
  /** Values from the command line. They have priority over the environment, which has priority over the file. */
  readonly overrides?: { readonly host?: string; readonly port?: number }
  readonly builtInProviders: readonly BuiltInProvider[]
  /** The configuration that is in use, which the result is to replace. */
  readonly inUse?: Config
}

/**
 * Loads the configuration: combines file, environment and command line into one frozen value.
 * @throws ConfigError with everything that is wrong.
 */
export function loadConfig(options: LoadOptions): Config {
  const { environment, workingDirectory, inUse } = options
  const source = findConfigFile(nameOf(options), workingDirectory)
  const builtInSlugs = new Set(options.builtInProviders.map(({ slug }) => slug))
  const knownVariables = readKnownVariables(options)
  const document = new ConfigDocument(source?.name ?? null, source?.text ?? '', environment)
  let file: ConfigFile | null = null
  if (document.value() !== undefined) {
    file = checkSchema(document)
    checkMeaning(document, options.builtInProviders)
    checkSearch(document, knownVariables)
    checkBroadcast(document)
    checkVariables(document)
  }
  const server = readServer(options)
  const problems = [...document.problems, ...server.problems]
  if (problems.length > 0 || file === null) throw new ConfigError(problems)
  const config = buildConfig(file, {
    server: server.values,
    environment: knownVariables,
    builtInSlugs,
    workingDirectory,
    file: source?.path ?? null,
    values: describeValues(document, server.described, knownVariables),
  })
  if (inUse !== undefined) checkReplacement(document, inUse, config)
  if (document.problems.length > 0) throw new ConfigError(document.problems)
  return deepFreeze(config)
}

/** Watches the file that `loadConfig` reads, from this call on. Where there is none, one that appears under a usual name is found. */
export const watchConfig = (options: LoadOptions, onChange: () => void): ConfigWatch =>
  watchConfigFile(configPaths(nameOf(options), options.workingDirectory), onChange)

/** Returns the name of the file that was named, or else found before; null where the usual names are to be tried. */
function nameOf({ file, environment, inUse }: LoadOptions): string | null {
  const named = file ?? environment['WAYGATE_CONFIG']
  if (named) return named
  const found = inUse?.file ?? null
  return found === null ? null : basename(found)
}

/** Returns where to listen, as far as the command line and the environment set it. */
function readServer({ overrides = {}, environment }: LoadOptions) {
  const host = overrides.host ?? (environment['WAYGATE_HOST'] || undefined)
  const port = overrides.port ?? readPort(environment['WAYGATE_PORT'])
  const valid = port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)
  const path = overrides.port === undefined ? 'WAYGATE_PORT' : '--port'
  const problem: Problem = {
    file: null,
    line: null,
    column: null,
    path,
    message: 'must be a whole number between 0 and 65535.',
  }
  const described = (key: string, value: unknown, override: unknown, variable: string): readonly ConfigValue[] => {
    if (value === undefined) return []
    const source =
      override === undefined
        ? ({ from: 'environment', variable, line: null } as const)
        : ({ from: 'command-line' } as const)
    return [{ path: `server.${key}`, value, source }]
  }
  return {
    described: [
      ...described('host', host, overrides.host, 'WAYGATE_HOST'),
      ...described('port', port, overrides.port, 'WAYGATE_PORT'),
    ],
    values: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
    problems: valid ? [] : [problem],
  }
}

/** Parses a port. Text that is not a number gives NaN, which is refused later. */
function readPort(text: string | undefined): number | undefined {
  if (!text) return undefined
  return /^\d+$/.test(text) ? Number(text) : NaN
}

function readKnownVariables({ builtInProviders, environment }: LoadOptions): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {}
  for (const name of [...builtInProviders.flatMap((provider) => provider.variables), ...engineVariables]) {
    // A value that comes from a file often ends with a line break, which a header cannot contain.
    const value = environment[name]?.trim()
    if (value) variables[name] = value
  }
  return variables
}

/** Freezes a tree of plain objects and lists in place. */
function deepFreeze<Tree>(tree: Tree): Tree {
  if (typeof tree === 'object' && tree !== null) {
    Object.values(tree).forEach(deepFreeze)
    Object.freeze(tree)
  }
  return tree
}
