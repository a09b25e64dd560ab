import type { Config, ProviderConfig } from '../config/config.ts'

/** The paths that each protocol adds to a base URL. */
const ownPaths: Readonly<Record<NonNullable<ProviderConfig['protocol']>, readonly string[]>> = {
  'chat-completions': ['/chat/completions', '/completions', '/models'],
  completions: ['/completions', '/models'],
  responses: ['/responses'],
  messages: ['/messages'],
  'generate-content': [':generateContent', ':streamGenerateContent'],
  converse: ['/converse', '/converse-stream'],
  'cohere-chat': ['/chat'],
}

/** For a built-in provider without a configured protocol: the paths that can never belong to a base URL. */
const anyPath = Object.values(ownPaths)
  .flat()
  .filter((path) => path !== '/chat' && path !== '/models')

/**
 * Returns a warning for each base URL of a provider that is the address of a single operation. The gateway would add the operation's path
 * once more.
 */
export const addressWarnings = ({ providers }: Config): readonly string[] =>
  providers.flatMap(({ slug, protocol, baseUrl }) => {
    if (baseUrl === undefined) return []
    const paths = protocol === undefined ? anyPath : ownPaths[protocol]
    const path = paths.find((ending) => baseUrl.toLowerCase().endsWith(ending.toLowerCase()))
    if (path === undefined) return []
    const right = baseUrl.slice(0, -path.length)
    return [`providers.${slug}.base_url ends in ${path}, which every call adds to it. Write ${right} instead.`]
  })
