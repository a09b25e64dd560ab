import { Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { engines } from '../../server-tools/engines/_registry.ts'
import type { Engine } from '../../server-tools/engines/engine.ts'
import { address, apiKey as keyPattern, section } from './object.ts'

const apiKey = (variables: readonly string[]) =>
  Type.Optional(
    Type.String({
      ...keyPattern,
      description: `The API key. Default: the value of ${variables.map((name) => `\`${name}\``).join(' or ')}. Your own server at \`base_url\` may need none.`,
    }),
  )

const price = (nanoUsdAmount: number, what: string) =>
  Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1000,
      description: `${what}, in USD. Default: the engine’s own price, usually ${usd(nanoUsdAmount)}; see docs/search-engines.md.`,
    }),
  )

/** The section of an engine, which follows from its data. */
const engineSection = ({ name, apiKey: key, baseUrl, search, read, pricing }: Engine) =>
  section(
    {
      ...(key !== null && { api_key: apiKey(key.variables) }),
      base_url:
        baseUrl === null
          ? Type.String({ ...address, description: `The address of your ${name}. It may be private.` })
          : Type.Optional(
              Type.String({
                ...address,
                default: baseUrl,
                description: 'The address before the paths of its API. It may be private.',
              }),
            ),
      ...(pricing !== null && {
        price_per_request: price(search.modes[search.usualMode] ?? 0, 'What one search costs, whatever it brings'),
      }),
      ...(pricing !== null && read !== undefined && { price_per_page: price(read.price, 'What one page costs') }),
    },
    { description: read === undefined ? `${name} searches.` : `${name} searches, and reads pages.` },
  )

/** The engines that search the web and read pages, assembled from their files. */
export const search = section(
  {
    default: Type.Optional(
      Type.Enum(
        engines.map(({ slug }) => slug),
        {
          description:
            'The engine for requests that name none. Default: the first in this section; where it has none, the first by name whose environment variable is set.',
        },
      ),
    ),
    ...Object.fromEntries(engines.map((engine) => [engine.slug, Type.Optional(engineSection(engine))])),
  },
  {
    description:
      'The engines that search the web and read pages; see docs/search-engines.md. Where `discovery` is on, an engine whose environment variable is set needs no section.',
  },
)
