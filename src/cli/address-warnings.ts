import type { Config, ProviderConfig } from '../config/config.ts'

/** What the languages put behind a base URL themselves. */
const ownPaths: Readonly<Record<NonNullable<ProviderConfig['protocol']>, readonly string[]>> = {
  'chat-completions': ['/chat/completions', '/completions', '/models'],
  completions: ['/completions', '/models'],
  responses: ['/responses'],
  messages: ['/messages'],
  'generate-content': [':generateContent', ':streamGenerateContent'],
  converse: ['/converse', '/converse-stream'],
  'cohere-chat': ['/chat'],
}

/** Of a built-in provider whose language is not said: what is certainly no part of a base URL. */
const anyPath = Object.values(ownPaths)
  .flat()
  .filter((path) => path !== '/chat' && path !== '/models')

/** Says which addresses of providers are those of a single call: it would be asked for below itself, where nothing is. */
export const addressWarnings = ({ providers }: Config): readonly string[] =>
  providers.flatMap(({ slug, protocol, baseUrl }) => {
    if (baseUrl === undefined) return []
    const paths = protocol === undefined ? anyPath : ownPaths[protocol]
    const path = paths.find((ending) => baseUrl.toLowerCase().endsWith(ending.toLowerCase()))
    if (path === undefined) return []
    const right = baseUrl.slice(0, -path.length)
    return [`providers.${slug}.base_url ends in ${path}, which every call adds to it. Write ${right} instead.`]
  })
