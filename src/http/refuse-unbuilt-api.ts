import { search } from '../util/pattern.ts'
import { GatewayError } from '../canonical/errors.ts'

/**
 * The APIs of OpenRouter that are not implemented yet, by the beginning of their paths. A request to one gets an error that names it. When
 * an API is implemented, its row is deleted. Source: contract §8.
 */
const unbuilt: Readonly<Record<string, string>> = {
  '/auth/keys': 'OAuth',
  '/batches': 'batches',
  '/benchmarks': 'benchmarks',
  '/classifications': 'market statistics',
  '/containers': 'files of sandboxes',
  '/credits/coinbase': 'the purchase of credits',
  '/datasets': 'market statistics',
  '/external-users': 'end users',
  '/files': 'files',
  '/guardrails': 'guardrails',
  '/oauth': 'OAuth',
  '/organization': 'organizations',
  '/private-endpoints': 'private endpoints',
  '/scim': 'SCIM',
  '/systemone': 'decisions',
  '/tools': 'the list of server tools',
  '/videos': 'video generation',
  '/workspaces': 'workspaces',
}

/** The APIs of OpenAI that OpenRouter does not have either, and what there is in their place. */
const foreign: Readonly<Record<string, string>> = {
  '/moderations': 'This gateway has no moderations. Its plugin `moderation` checks the prompts of a request.',
}

/**
 * Refuses a path of an API that is not implemented.
 * @throws GatewayError 404 that names the API
 */
export function refuseUnbuiltApi(method: string, path: string): void {
  const inside = search(/^\/(?:api\/)?v1(\/.*)$/, path)?.[1]
  if (inside === undefined) return
  const beginningIn = (paths: object) => Object.keys(paths).find((prefix) => `${inside}/`.startsWith(`${prefix}/`))
  const other = foreign[beginningIn(foreign) ?? '']
  if (other !== undefined) throw new GatewayError('not_found', other)
  const begins = beginningIn(unbuilt)
  if (begins === undefined) return
  throw new GatewayError(
    'not_found',
    `This gateway does not support ${unbuilt[begins]} yet (${method} ${path.slice(0, 200)}).`,
  )
}
