import { hash } from 'node:crypto'
import { GatewayError } from '../../canonical/errors.ts'
import { CredentialsError, type GoogleCredentials, parseCredentials } from './google-credentials.ts'
import { type AccessToken, fetchToken, metadataToken, readSecretFile } from './google-exchange.ts'
import type { Account, Sign, SignDependencies } from './sign.ts'

/**
 * How long before its end a token is renewed: as early as in Google's own clients. Google's metadata server gives the same token until five
 * minutes before it expires.
 */
const renewalMs = 240_000
/** The most tokens that are kept. There may be many accounts of clients, each with its own token. */
const mostTokens = 1_000

type CallHeaders = Readonly<Record<string, string>>

interface Kept {
  readonly headers: CallHeaders
  readonly expiresAt: number
}

/**
 * Makes the signer with Google's OAuth access tokens, for Vertex AI. Credentials are, in this order: the API key, which is a credentials
 * document (JSON text) or else an API key of Google's; the file that `GOOGLE_APPLICATION_CREDENTIALS` names; the metadata server of the
 * machine. A token is kept until shortly before it expires. While it is fetched, all calls that need it wait for the same fetch.
 */
export function googleToken(): Sign {
  const kept = new Map<string, Kept>()
  const fetching = new Map<string, Promise<CallHeaders>>()

  function renew(key: string, account: Account, dependencies: SignDependencies): Promise<CallHeaders> {
    const running = fetching.get(key)
    if (running !== undefined) return running
    const renewal = fetchHeaders(account, dependencies)
      .then((fresh) => {
        if (kept.size >= mostTokens) kept.clear()
        kept.set(key, fresh)
        return fresh.headers
      })
      .catch((error: unknown) => {
        throw refused(error)
      })
      .finally(() => fetching.delete(key))
    fetching.set(key, renewal)
    return renewal
  }

  return (_call, account, dependencies) => {
    const { apiKey } = account
    if (apiKey !== undefined && !isDocument(apiKey)) return { 'x-goog-api-key': apiKey }
    const key = identityOf(account)
    const known = kept.get(key)
    return known !== undefined && known.expiresAt - renewalMs > dependencies.now()
      ? known.headers
      : renew(key, account, dependencies)
  }
}

const isDocument = (apiKey: string): boolean => apiKey.trimStart().startsWith('{')

/** Returns the key under which a token is kept. It does not contain the secret itself. */
function identityOf({ apiKey, variables }: Account): string {
  if (apiKey !== undefined) return hash('sha256', apiKey)
  return variables['GOOGLE_APPLICATION_CREDENTIALS'] ?? `metadata:${variables['GCE_METADATA_HOST'] ?? ''}`
}

async function fetchHeaders({ apiKey, variables }: Account, dependencies: SignDependencies): Promise<Kept> {
  const file = variables['GOOGLE_APPLICATION_CREDENTIALS']
  if (apiKey === undefined && file === undefined) {
    return keep(await metadataToken(variables['GCE_METADATA_HOST'], dependencies), undefined)
  }
  // The file is read each time, because it is replaced when the credentials are renewed.
  const credentials = parseCredentials(apiKey ?? (await readFile(file ?? '')))
  return keep(await fetchToken(credentials, dependencies), credentials)
}

const readFile = (path: string): Promise<string> =>
  readSecretFile(path).catch((error: unknown) => {
    throw new CredentialsError('The file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read.', { cause: error })
  })

/** Makes the headers of a token. A user's own credentials, and federated ones, name the project that pays for quota. */
function keep({ token, expiresAt }: AccessToken, credentials: GoogleCredentials | undefined): Kept {
  const project = credentials && 'quotaProject' in credentials ? credentials.quotaProject : undefined
  const quota: CallHeaders = project === undefined ? {} : { 'x-goog-user-project': project }
  return { expiresAt, headers: { authorization: `Bearer ${token}`, ...quota } }
}

/** Makes the error for a token that was not obtained. Its message quotes no secret; its cause may, and is only for the log. */
function refused(error: unknown): GatewayError {
  const reason = error instanceof CredentialsError ? ` ${error.message}` : ''
  const failure = new GatewayError('provider_unavailable', `This gateway got no access token from Google.${reason}`)
  failure.cause = error
  return failure
}
