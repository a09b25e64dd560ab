import { GatewayError } from '../../canonical/errors.ts'
import { codeOf } from '../../util/code-of.ts'
import { within } from '../../util/within.ts'
import type { Account } from './sign.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** The token of temporary credentials. */
  readonly sessionToken?: string
}

type Chain = typeof import('@aws-sdk/credential-provider-node')
type Provide = () => Promise<AwsCredentials>

/**
 * Loads AWS's own chain: profiles, single sign-on, containers, web identities, instance roles. Only operators who need it install the
 * package.
 */
export const loadChain = (): Promise<Chain> => import('@aws-sdk/credential-provider-node')

const chainMs = 10_000

/**
 * Makes the function that finds AWS credentials: from the variables of static keys, or else from AWS's chain, which keeps the credentials
 * that it found until five minutes before they expire.
 */
export function awsCredentials(
  load: () => Promise<Chain>,
): (account: Account) => AwsCredentials | Promise<AwsCredentials> {
  const profiles = new Map<string | undefined, Promise<Provide>>()

  function open(profile: string | undefined): Promise<Provide> {
    const known = profiles.get(profile)
    if (known !== undefined) return known
    const opening = load().then(({ defaultProvider }) => defaultProvider({ profile }))
    profiles.set(profile, opening)
    return opening
  }

  return ({ variables }) => {
    const accessKeyId = variables['AWS_ACCESS_KEY_ID']
    const secretAccessKey = variables['AWS_SECRET_ACCESS_KEY']
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      return { accessKeyId, secretAccessKey, sessionToken: variables['AWS_SESSION_TOKEN'] }
    }
    const found = open(variables['AWS_PROFILE']).then((provide) => provide())
    const late = (): Error => new Error(`no credentials within ${chainMs} ms`)
    return within(chainMs, found, late).catch((error: unknown) => {
      throw explained(error)
    })
  }
}

/** Makes the error for a failure of the chain. Its own message may quote files and addresses, so it is only for the log. */
function explained(error: unknown): GatewayError {
  const failure = new GatewayError(
    'provider_unavailable',
    codeOf(error) === 'ERR_MODULE_NOT_FOUND'
      ? 'AWS credentials of a profile, a container or a web identity need a package that is not installed. Run npm install ' +
          '@aws-sdk/credential-provider-node, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or an API key.'
      : 'AWS gave this gateway no credentials for its profile, container or web identity.',
  )
  failure.cause = error
  return failure
}
