import { sign as signBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { isObject, stringOf } from '../../util/json.ts'
import {
  type AuthorizedUser,
  CredentialsError,
  type ExternalAccount,
  type GoogleCredentials,
  type ServiceAccount,
} from './google-credentials.ts'
import type { SignDependencies, TokenRequest } from './sign.ts'
import { fullMatch } from '../../util/pattern.ts'

export interface AccessToken {
  readonly token: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const metadataPath = '/computeMetadata/v1/instance/service-accounts/default/token'
type Form = Readonly<Record<string, string>>

/** The longest time that Google grants. */
const assertionSeconds = 3600
const longestFile = 262_144
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * Fetches an access token for the credentials.
 * @throws CredentialsError that names the step which failed.
 */
export async function fetchToken(credentials: GoogleCredentials, dependencies: SignDependencies): Promise<AccessToken> {
  switch (credentials.type) {
    case 'service_account':
      return formToken(credentials.tokenUri, assertionForm(credentials, dependencies.now()), {}, dependencies)
    case 'authorized_user':
      return formToken(credentials.tokenUri, refreshForm(credentials), {}, dependencies)
    case 'external_account':
      return externalToken(credentials, dependencies)
  }
}

/**
 * Fetches the token of the machine's own service account, on Google Cloud.
 * @param host The host of the metadata server; undefined for the usual one.
 */
export async function metadataToken(host: string | undefined, dependencies: SignDependencies): Promise<AccessToken> {
  const url = `http://${host ?? 'metadata.google.internal'}${metadataPath}`
  const body = await ask(
    { method: 'GET', url, headers: { 'metadata-flavor': 'Google' } },
    'The metadata server',
    dependencies,
  )
  return readToken(body, 'The metadata server', dependencies.now())
}

/**
 * Reads the text of a small file.
 * @throws CredentialsError for a file of more than 262,144 bytes.
 */
export async function readSecretFile(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > longestFile) throw new CredentialsError(`The file is longer than ${longestFile} bytes.`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Makes the form of RFC 7523: a token (JWT) that names the account, signed with the account's own key. */
function assertionForm(account: ServiceAccount, now: number): Form {
  const issuedAt = Math.floor(now / 1000)
  const header = { alg: 'RS256', typ: 'JWT', kid: account.privateKeyId }
  const claims = {
    iss: account.clientEmail,
    scope,
    aud: account.tokenUri,
    iat: issuedAt,
    exp: issuedAt + assertionSeconds,
  }
  const said = `${base64Url(header)}.${base64Url(claims)}`
  const assertion = `${said}.${signature(said, account.privateKey)}`
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
}

function signature(said: string, privateKey: string): string {
  try {
    return signBytes('RSA-SHA256', Buffer.from(said), privateKey).toString('base64url')
  } catch (error) {
    return fail('The "private_key" of the credentials', 'is not one', error)
  }
}

const base64Url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const refreshForm = ({ clientId, clientSecret, refreshToken }: AuthorizedUser): Form => ({
  grant_type: 'refresh_token',
  client_id: clientId,
  client_secret: clientSecret,
  refresh_token: refreshToken,
})

/**
 * Exchanges the token of the other identity provider (RFC 8693), and where that is configured, fetches a token of the service account to
 * impersonate.
 */
async function externalToken(account: ExternalAccount, dependencies: SignDependencies): Promise<AccessToken> {
  const { audience, subjectTokenType, client, userProject, impersonationUrl, lifetimeSeconds } = account
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope,
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: await subjectToken(account, dependencies),
    subject_token_type: subjectTokenType,
    ...(client === undefined && userProject !== undefined && { options: JSON.stringify({ userProject }) }),
  }
  const basic = client && Buffer.from(`${client.id}:${client.secret}`).toString('base64')
  const headers: Readonly<Record<string, string>> = basic === undefined ? {} : { authorization: `Basic ${basic}` }
  const federated = await formToken(account.tokenUrl, form, headers, dependencies)
  if (impersonationUrl === undefined) return federated
  const impersonation = {
    method: 'POST',
    url: impersonationUrl,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${federated.token}` },
    body: JSON.stringify({ scope: [scope], lifetime: `${lifetimeSeconds}s` }),
  } as const
  const who = 'The address of the service account to act as'
  return readToken(await ask(impersonation, who, dependencies), who, dependencies.now())
}

async function subjectToken({ source }: ExternalAccount, dependencies: SignDependencies): Promise<string> {
  const { file, url = '', headers, field } = source
  const where = file === undefined ? 'The address of the credential_source' : 'The file of the credential_source'
  const body =
    file === undefined
      ? await ask({ method: 'GET', url, headers }, where, dependencies)
      : parsed(await readSecretFile(file).catch(() => fail(where, 'cannot be read')))
  const token = field === undefined ? body : isObject(body) ? body[field] : undefined
  return typeof token === 'string' && token.trim() !== '' ? token.trim() : fail(where, 'holds no token')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function formToken(
  url: string,
  form: Form,
  headers: Readonly<Record<string, string>>,
  dependencies: SignDependencies,
): Promise<AccessToken> {
  const body = new URLSearchParams(form).toString()
  const who = 'The token endpoint'
  const reply = await ask({ method: 'POST', url, headers: { ...formType, ...headers }, body }, who, dependencies)
  return readToken(reply, who, dependencies.now())
}

async function ask(request: TokenRequest, who: string, { exchange }: SignDependencies): Promise<unknown> {
  const { status, body } = await exchange(request).catch((error: unknown) => fail(who, 'did not answer', error))
  if (status >= 200 && status < 300) return body
  // Codes such as `invalid_grant` show what to do. Descriptions are left out, because they may quote the request.
  const code = isObject(body) ? stringOf(body['error']) : undefined
  const word = code !== undefined && fullMatch(/^[a-z_]{1,40}$/, code) !== null ? ` ${code}` : ''
  return fail(who, `answered ${status}${word}`)
}

/** Reads a token from a reply, with the field names of OAuth or those of impersonation. */
function readToken(body: unknown, who: string, now: number): AccessToken {
  const reply = isObject(body) ? body : {}
  const token = stringOf(reply['access_token']) ?? stringOf(reply['accessToken'])
  if (!token) return fail(who, 'gave no token')
  const seconds = Number(reply['expires_in'])
  const until = Date.parse(stringOf(reply['expireTime']) ?? '')
  const lasts = Number.isFinite(seconds) ? seconds * 1000 : assertionSeconds * 1000
  return { token, expiresAt: Number.isNaN(until) ? now + lasts : until }
}

function fail(who: string, what: string, cause?: unknown): never {
  throw new CredentialsError(`${who} ${what}.`, { cause })
}
